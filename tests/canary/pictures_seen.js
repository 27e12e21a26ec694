// Remembers, in memory, the pictures that the app makes of photos: those are the bytes it keeps.
{
  const pictures = []
  const toBlob = HTMLCanvasElement.prototype.toBlob
  HTMLCanvasElement.prototype.toBlob = function (callback, ...rest) {
    toBlob.call(this, (blob) => (pictures.push(blob), callback(blob)), ...rest)
  }
  globalThis.picturesSeen = async () =>
    Promise.all(
      pictures.map(async (blob) => {
        const bytes = new Uint8Array(await blob.arrayBuffer())
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      }),
    )
}
