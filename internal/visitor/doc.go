// Package visitor is people who use a site with browsers of their own: they follow its pages, fill its forms with the worked
// examples of its services, pay where something is to be paid, and remember what they were told. It knows a site by its pages
// alone, so that it also measures, and breaks, one that runs elsewhere.
//
// It stops at the person: how many come and when, and what is made of what they saw, is for others.
package visitor
