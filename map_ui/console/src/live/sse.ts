// Reads text/event-stream: bytes in, messages out. Pure.
export interface Message {
  id: string;
  event: string;
  data: string;
}

/** Feeds text as it comes; hands on each whole message. Comments (heartbeats) are left out. */
export function reader(hand: (message: Message) => void): (text: string) => void {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text === "") {
      if (data.length) hand({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const [, name, value] = /^([^:]*):? ?([\s\S]*)$/.exec(text) ?? [];
    if (name === "id") id = value!;
    else if (name === "event") event = value!;
    else if (name === "data") data.push(value!);
  };
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    lines.forEach(line);
  };
}
