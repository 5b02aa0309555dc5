package chart

import (
	"encoding/json"
	"fmt"
)

// Feature is one thing of a GeoJSON file (RFC 7946): what is known of it, and its areas or its points.
type Feature struct {
	ID         string
	Properties map[string]any
	Shape      Shape
	Points     [][2]float64
}

// ParseGeoJSON reads a FeatureCollection of points and polygons, single or several. Others are refused.
func ParseGeoJSON(data []byte) ([]Feature, error) {
	var file struct {
		Type     string
		Features []struct {
			ID         any
			Properties map[string]any
			Geometry   *geometry
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("reading GeoJSON: %w", err)
	}
	if file.Type != "FeatureCollection" {
		return nil, fmt.Errorf("reading GeoJSON: a %q is no FeatureCollection", file.Type)
	}
	var out []Feature
	for i, f := range file.Features {
		feature := Feature{Properties: f.Properties}
		if f.ID != nil {
			feature.ID = fmt.Sprint(f.ID)
		}
		if f.Geometry != nil {
			if err := f.Geometry.into(&feature); err != nil {
				return nil, fmt.Errorf("reading GeoJSON, feature %d: %w", i+1, err)
			}
		}
		out = append(out, feature)
	}
	return out, nil
}

type geometry struct {
	Type        string
	Coordinates json.RawMessage
}

func (g *geometry) into(f *Feature) error {
	read := func(target any) error {
		if err := json.Unmarshal(g.Coordinates, target); err != nil {
			return fmt.Errorf("its coordinates: %w", err)
		}
		return nil
	}
	var one []float64
	var several [][]float64
	var rings [][][]float64
	var areas [][][][]float64
	var err error
	switch g.Type {
	case "Point":
		if err = read(&one); err == nil {
			several = [][]float64{one}
		}
	case "MultiPoint":
		err = read(&several)
	case "Polygon":
		if err = read(&rings); err == nil {
			areas = [][][][]float64{rings}
		}
	case "MultiPolygon":
		err = read(&areas)
	default:
		err = fmt.Errorf("a %q cannot be drawn here", g.Type)
	}
	if err != nil {
		return err
	}
	if f.Points, err = places(several); err != nil {
		return err
	}
	for _, area := range areas {
		for _, ring := range area {
			r, err := places(ring)
			if err != nil {
				return err
			}
			f.Shape = append(f.Shape, r)
		}
	}
	return nil
}

// places drops heights, which a map does not show.
func places(from [][]float64) ([][2]float64, error) {
	var out [][2]float64
	for _, p := range from {
		if len(p) < 2 {
			return nil, fmt.Errorf("a position has longitude and latitude, not %v", p)
		}
		if err := checkPlace(p[0], p[1]); err != nil {
			return nil, err
		}
		out = append(out, [2]float64{p[0], p[1]})
	}
	return out, nil
}
