// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { layerFile, pathOf, shapesIn } from './base_layer'
import { spotOf } from './geometry'

const XFORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
  <instance><data id="d"/></instance><instance id="viertel" src="jr://file-csv/viertel.csv"/>
  <instance id="dorf" src="jr://file/dorf.geojson"/></model></h:head><h:body>
  <input ref="/data/home"><label>?</label><itemset nodeset="instance('viertel')/root/item"><value ref="name"/></itemset></input>
  <input ref="/data/trip/place"><itemset nodeset="instance('dorf')/root/item"/></input>
  <input ref="/data/own"><itemset nodeset=" /data/trip "/></input><input ref="/data/none"/></h:body></h:html>`

describe('the map of a form', () => {
  it.each([
    ['/data/home', 'viertel.csv'],
    ['/data/trip[3]/place', 'dorf.geojson'],
    ['/data/own', null],
    ['/data/none', null],
    ['/data/nowhere', null],
  ])('for %s is in %s', (reference, file) => expect(layerFile(XFORM, reference)).toBe(file))

  it('is read from a table', () => {
    const csv =
      '\uFEFFname,label,geometry\r\nbach,"Der ""Bach"", lang",42.15 24.7 0 0;42.16 24.71\nplatz,Platz,42.1 24.7;42.1 24.8;42.2 24.8;42.1 24.7\n' +
      'baum,,42.1 24.7\nnichts,Nichts,\nfalsch,Falsch,hier\n'
    expect(shapesIn('viertel.csv', csv).map(({ kind, label, places }) => [kind, label, places.length])).toEqual([
      ['line', 'Der "Bach", lang', 2],
      ['area', 'Platz', 3],
      ['point', '', 1],
    ])
  })

  it('is read from GeoJSON, and what is no shape is left out', () => {
    const feature = (type: string, coordinates: unknown) => ({ type: 'Feature', properties: { name: type }, geometry: { type, coordinates } })
    const features = [
      feature('Point', [24.7, 42.1, 160]),
      feature('LineString', [[24.7, 42.1], [24.8, 42.1]]),
      feature('MultiPolygon', [[[[24.7, 42.1], [24.8, 42.1], [24.8, 42.2], [24.7, 42.1]]]]),
      feature('LineString', [[24.7, 142.1], [24.8, 'x']]),
      { type: 'Feature', properties: null, geometry: null },
    ]
    const shapes = shapesIn('dorf.geojson', JSON.stringify({ type: 'FeatureCollection', features }))
    expect(shapes.map(({ kind, label }) => [kind, label])).toEqual([
      ['point', 'Point'],
      ['line', 'LineString'],
      ['area', 'MultiPolygon'],
    ])
    expect(shapes[0]?.places).toMatchObject([{ latitude: 42.1, longitude: 24.7 }])
    expect(shapesIn('dorf.geojson', '{}')).toEqual([])
  })

  it('is drawn around its origin, so that no digit is lost', () => {
    const places = [
      { latitude: 42.1, longitude: 24.7 },
      { latitude: 42.1, longitude: 24.701 },
    ]
    expect(pathOf([{ kind: 'line', label: '', places }], 'line', spotOf(places[0]!))).toBe('M0.0 0.0L111.2 0.0')
  })
})
