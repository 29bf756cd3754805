import css from "./Messages.module.css";

const examples: [string, string][] = [
  ['key == "my key"', "the key is exactly that; key == null finds records without one"],
  ["value.user.id == 9007199254740993", "a field of a JSON value; every digit counts"],
  ["value.items[0].price > 9.99", "elements of lists count from 0"],
  ['value contains "error"', "text anywhere in the value; matches takes a regular expression"],
  ['headers.trace == "x"', "a header by its name"],
  ["partition in [1,2] && offset >= 100", "where the record is"],
  ['timestamp > "2026-11-23T10:00:00Z"', "when it was written"],
  ["has(value.error) || size(value) > 1000", "and, or, not or &&, ||, !"],
];

/** The filter language by example. */
export function FilterHelp() {
  return (
    <details>
      <summary>How to write a filter</summary>
      <dl className={css.help}>
        {examples.map(([text, meaning]) => (
          <div key={text} style={{ display: "contents" }}>
            <dt>{text}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
