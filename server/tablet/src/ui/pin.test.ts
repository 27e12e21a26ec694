import { expect, it } from 'vitest'
import { pinProblem, secretProblem } from './pin'

it.each([
  ['135790', '135790', null],
  ['804173', '804173', null],
  ['13579', '13579', 'pinShort'],
  ['13579a', '13579a', 'pinDigits'],
  ['000000', '000000', 'pinSimple'],
  ['123456', '123456', 'pinSimple'],
  ['987654', '987654', 'pinSimple'],
  ['890123', '890123', 'pinSimple'],
  ['135790', '135791', 'pinDiffers'],
])('the PIN %s with %s: %s', (pin, repeated, problem) => expect(pinProblem(pin, repeated)).toBe(problem))

it.each([
  ['vier Wörter am Fluss', 'vier Wörter am Fluss', null],
  ['elf Zeichen', 'elf Zeichen', 'phraseShort'],
  ['aaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaa', 'phraseShort'],
  ['vier Wörter am Fluss', 'vier Worter am Fluss', 'phraseDiffers'],
])('the passphrase %s with %s: %s', (phrase, repeated, problem) =>
  expect(secretProblem(phrase, repeated, { protection: 'passphrase', least: 12 })).toBe(problem),
)
