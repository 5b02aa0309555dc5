package allocate
import ("testing";"encoding/json";"os";"fmt";"time")
func TestX(t *testing.T){
 for i:=0;i<5;i++{
  raw,_:=os.ReadFile(fmt.Sprintf("/work/shared/data/forecast/allocation/staff_%d.json",i))
  var f struct{Req []int; Tours [][3]int; Cost []float64; Periods int; Best struct{Obj float64}}
  if err:=json.Unmarshal(raw,&f);err!=nil{t.Fatal(err)}
  in:=Tours{Need:f.Req,Periods:f.Periods,Cost:f.Cost}
  for _,x:=range f.Tours{in.Tours=append(in.Tours,Tour{x[0],x[1],x[2]})}
  p:=in.programme()
  if os.Getenv("SUMS")!=""{in.sums(p)}
  m:=newMeter(Limits{Work:6000000})
  t0:=time.Now()
  b:=newSearch(p,m,Limits{}.chance())
  o:=b.s.solve(inf)
  if os.Getenv("SCAN")!=""{ scan(in,f.Best.Obj); continue}
  fmt.Println(i,"opt",f.Best.Obj,"lp",o,b.s.objective(),b.s.pivots,time.Since(t0),m.done/1000)
  b.strengthen(20,30)
  fmt.Println("  cuts",len(b.p.rows)-len(p.rows),b.s.objective(),time.Since(t0),m.done/1000)
  b.polish=func(x []float64)([]float64,bool){c:=in.round(x,0);y:=make([]float64,len(p.cost));for k:=range c{y[k]=float64(c[k])};
   for _,r:=range p.rows{ if r.low==0&&r.high==0{ s:=0.0; for _,e:=range r.terms[1:]{s+=y[e.v]}; y[r.terms[0].v]=s}}
   return y,true}
  b.meter.limits.Progress=func(o,bd float64){fmt.Println("    ",o,bd,m.done/1000,time.Since(t0))}
  bd:=b.explore(b.lo,b.hi,1000000)
  fmt.Println("  end",b.value,bd,m.done/1000,time.Since(t0))
 }
}

var holes = map[int][]int{}
func scan(in Tours, opt float64){
 for a:=-1;a<12;a++{ for c:=-1;c<16;c++{ for la:=1;la<3;la++{for lc:=1;lc<3;lc++{
  if a<0&&la>1||c<0&&lc>1{continue}
  p:=&programme{}
  rows:=make([]row,168)
  for k,t:=range in.Tours{ p.cost=append(p.cost,in.Cost[k]);p.low=append(p.low,0);p.high=append(p.high,100);p.whole=append(p.whole,true)
   for d:=0;d<5;d++{ for q:=0;q<t.Length;q++{
     if t.Length==12&&a>=0&&q>=a&&q<a+la||t.Length==16&&c>=0&&q>=c&&q<c+lc {continue}
     r:=((t.Day+d)%7)*24+t.Start+q
     rows[r].terms=append(rows[r].terms,term{k,1})}}}
  for q:=range rows{ if in.Need[q]>0{rows[q].low=float64(in.Need[q]);rows[q].high=inf;p.rows=append(p.rows,rows[q])}}
  b:=newSearch(p,newMeter(Limits{}),Limits{}.chance())
  if b.s.solve(inf)==solved{ z:=b.s.objective(); if z<=opt+1e-6&&z>opt*0.985{fmt.Println(a,la,c,lc,z,opt)}}
 }}}}
}
