// Calls thirty_four_bytes.js as often as it can: "run SECONDS" is answered with "ran COUNT NANOSECONDS".
const fs = require("fs");
const command = JSON.parse(process.argv[3]);
const config = { metadata: {} };
const formatCommand = new Function(fs.readFileSync(process.argv[2], "utf8") + "; return format_command;")();
console.log("ready " + Buffer.from(formatCommand(command, config)).toString("hex"));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const begin = process.hrtime.bigint();
  const end = begin + BigInt(line.split(" ")[1]) * 1000000000n;
  let count = 0;
  while (process.hrtime.bigint() < end) {
    for (let n = 0; n < 100; n++) formatCommand(command, config);
    count += 100;
  }
  console.log(`ran ${count} ${process.hrtime.bigint() - begin}`);
});
