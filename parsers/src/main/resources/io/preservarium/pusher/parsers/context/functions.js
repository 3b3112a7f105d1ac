// The script's functions by either spelling. Sloppy and at top level, because that is where `let` and `function` names are seen.
({
  format: typeof format_command === 'function' ? format_command : typeof formatCommand === 'function' ? formatCommand : null,
  parse: typeof parse === 'function' ? parse : null,
  deviceId: typeof device_id === 'function' ? device_id : typeof deviceId === 'function' ? deviceId : null,
  matchReply: typeof match_reply === 'function' ? match_reply : typeof matchReply === 'function' ? matchReply : null,
  encode: typeof encodeDownlink === 'function' ? encodeDownlink : null,
  decode: typeof decodeUplink === 'function' ? decodeUplink : null,
})
