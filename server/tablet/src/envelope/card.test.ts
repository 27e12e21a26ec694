import { describe, expect, it } from 'vitest'
import { groupsOf, isCardCode, newCardCode } from './card'

describe('the code of a card', () => {
  it('is random, holds its own check, and is shown in groups', () => {
    const codes = new Set(Array.from({ length: 200 }, newCardCode))
    expect(codes.size).toBe(200)
    for (const code of codes) {
      expect(code).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{12}$/u)
      expect(isCardCode(code)).toBe(true)
    }
    expect(groupsOf('YXWTRQPNMKJ3')).toEqual(['YXWT', 'RQPN', 'MKJ3'])
  })

  it('shows a wrong letter and two that changed places', () => {
    expect(isCardCode('YXWTRQPNMKJ3')).toBe(true)
    expect(['YXWTRQPNMKJ4', 'XYWTRQPNMKJ3', 'YXWTRQPNMKJ', '', 'YXWTRQPNMK3J'].map(isCardCode)).not.toContain(true)
  })
})
