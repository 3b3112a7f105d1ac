// The same bytes as thirty_four_bytes.py.
function format_command(command, config) {
  const payload = command.payload;
  const bytes = new Uint8Array(34);
  const view = new DataView(bytes.buffer);
  let flags = 0;
  ["encrypted", "urgent", "reply"].forEach((key, bit) => {
    if (payload[key]) flags |= 1 << bit;
  });
  view.setUint8(0, 1);
  view.setUint8(1, flags);
  view.setUint16(2, payload.interval);
  view.setUint32(4, payload.time);
  view.setInt16(8, payload.thresholds[0]);
  view.setInt16(10, payload.thresholds[1]);
  view.setFloat32(12, payload.gain);
  const offset = new DataView(new ArrayBuffer(4));
  offset.setFloat32(0, config.offset === undefined ? 0.5 : config.offset);
  view.setUint16(16, offset.getUint16(0));
  for (let i = 0; i < Math.min(16, payload.name.length); i++) bytes[18 + i] = payload.name.charCodeAt(i);
  return bytes;
}
