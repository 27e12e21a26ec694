/** Where a browser can put a hand-over file: a place that a person picks, or a file of its own that is then downloaded or shared. */
import type { HandoverTarget } from '../services'
import type { Bytes } from '../store/bytes'

const FOLDER = 'handover'
const TYPE = 'application/vnd.feldbuch.handover'

type Picker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>

/** A file that is being written; `file` gives it once it is closed, null where it lies where a person wanted it. */
export interface FileTarget extends HandoverTarget {
  file(): Promise<File | null>
}

/**
 * Opens a target. With a picker the browser asks where; a person who calls that off gets null. Without one the file is
 * written into the browser's own storage, so that it never stands in memory whole.
 */
export async function openTarget(name: string, window: Window & { showSaveFilePicker?: Picker }): Promise<FileTarget | null> {
  if (window.showSaveFilePicker !== undefined) {
    try {
      const handle = await window.showSaveFilePicker({ suggestedName: name })
      return new HandleTarget(await handle.createWritable(), () => Promise.resolve(null))
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null
      // A browser that has the picker but may not use it here, such as in a frame, has the other way.
    }
  }
  try {
    const folder = await freshFolder(window.navigator.storage)
    const handle = await folder.getFileHandle(name, { create: true })
    const asFile = async (): Promise<File> => new File([await handle.getFile()], name, { type: TYPE })
    return new HandleTarget(await handle.createWritable(), asFile)
  } catch {
    return new BlobTarget(name)
  }
}

/** Lets the browser download a file. */
export function download(file: File, document: Document): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  // The download has its own hold on the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Without the files of earlier times, which were downloaded long ago. */
async function freshFolder(storage: StorageManager): Promise<FileSystemDirectoryHandle> {
  const root = await storage.getDirectory()
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => undefined)
  return root.getDirectoryHandle(FOLDER, { create: true })
}

class HandleTarget implements FileTarget {
  constructor(
    private readonly stream: FileSystemWritableFileStream,
    readonly file: () => Promise<File | null>,
  ) {}

  write(bytes: Bytes): Promise<void> {
    return this.stream.write(bytes)
  }

  close(): Promise<void> {
    return this.stream.close()
  }

  abort(): Promise<void> {
    return this.stream.abort()
  }
}

/** For browsers without files of their own: each piece becomes a blob, which the browser may keep on disk. */
class BlobTarget implements FileTarget {
  private pieces: Blob[] = []

  constructor(private readonly name: string) {}

  write(bytes: Bytes): Promise<void> {
    this.pieces.push(new Blob([bytes]))
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  abort(): Promise<void> {
    this.pieces = []
    return Promise.resolve()
  }

  file(): Promise<File> {
    return Promise.resolve(new File(this.pieces, this.name, { type: TYPE }))
  }
}
