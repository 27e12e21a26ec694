import { expect, it } from 'vitest'
import { instanceIds } from './instance_ids'
import { asNewVersion, instanceName, names, replacing } from './versions'

const XML =
  '<data xmlns:orx="http://openrosa.org/xforms"><deprecatedID>an answer</deprecatedID><photo>a&amp;b.jpg</photo>' +
  '<orx:meta><orx:instanceID>uuid:2</orx:instanceID><orx:deprecatedID>uuid:1</orx:deprecatedID><orx:instanceName>A &lt;b&gt;</orx:instanceName></orx:meta></data>'

it('a new version names the one that it was made from, in the namespace of the meta block', () => {
  const made = asNewVersion(XML, 'uuid:3')
  expect(instanceIds(made)).toEqual({ instance: 'uuid:3', replaces: 'uuid:2' })
  expect(made).toContain('<orx:deprecatedID>uuid:2</orx:deprecatedID>')
  expect(made).not.toContain('uuid:1')
  expect(made).toContain('<deprecatedID>an answer</deprecatedID>')
})

it('what it replaces is written once, however often', () => {
  const plain = '<data><meta><instanceID>uuid:3</instanceID></meta></data>'
  const once = replacing(plain, 'uuid:2')
  expect(once).toBe('<data><meta><instanceID>uuid:3</instanceID><deprecatedID>uuid:2</deprecatedID></meta></data>')
  expect(replacing(once, 'uuid:2')).toBe(once)
  expect(() => replacing('<data/>', 'uuid:2')).toThrow('record.instance_id')
})

it('a file stands in an instance as XML writes its name', () => {
  expect([names(XML, 'a&b.jpg'), names(XML, 'b.jpg'), names(XML, 'a&amp;b.jpg')]).toEqual([true, false, false])
  expect([instanceName(XML), instanceName('<data/>')]).toEqual(['A <b>', null])
})
