/** After each file of tests: what is loaded when it is needed has come, so that none of it comes into the next file. */
import { afterAll, vi } from 'vitest'

afterAll(() => vi.dynamicImportSettled())
