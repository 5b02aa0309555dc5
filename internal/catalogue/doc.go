// Package catalogue says what a government publishes in the words that other catalogues read: datasets in
// DCAT-AP 3.0.1, public services in CPSV-AP 3.2, both as a graph that is written as Turtle and as JSON-LD, and single
// pages in the words of schema.org.
//
// It is given plain values and writes bytes. It asks nobody, fetches nothing and knows no file of a jurisdiction;
// package view fills the values. Codes of the EU's authority tables are in codes.go, with their own labels.
package catalogue
