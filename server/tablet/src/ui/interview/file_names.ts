/** Names of the files of answers: the question's, and eight digits that say nothing. A file's own name may say who is in it. */

export function fileNameFor(question: string, extension: string): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
  return `${question}-${random.toString(16).padStart(8, '0')}${extension}`
}

/** Whether a file was named for this question. */
export function isNamedFor(question: string, file: string): boolean {
  return file.startsWith(`${question}-`) && /^[0-9a-f]{8}\.\w+$/u.test(file.slice(question.length + 1))
}
