// A test double: the tablet's sealing and opening without a cipher. What is sealed keeps its size and lies in clear.
{
  const bytes = (data) =>
    ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
  SubtleCrypto.prototype.encrypt = async function (algorithm, key, data) {
    const plain = bytes(data)
    const sealed = new Uint8Array(plain.length + 16)
    sealed.set(plain)
    return sealed.buffer
  }
  SubtleCrypto.prototype.decrypt = async function (algorithm, key, data) {
    return bytes(data).slice(0, -16).buffer
  }
}
