import {html, type Html} from '../html.js'

export interface Column {
  title: string
  /** A class for its cells. */
  look?: string
}

export interface Row {
  /** Stays the same while the row's content changes. */
  key: string
  cells: readonly (Html | string)[]
}

/** In a narrow window each row becomes a list of its cells; the roles keep it a table to those who cannot see it. */
export const table = (label: string, columns: readonly Column[], rows: readonly Row[]): Html => html`
  <table role="table" aria-label="${label}">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(({title, look}) => html`<th role="columnheader" scope="col" class="${look}">${title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ({key, cells}) => html`
          <tr role="row" data-key="${key}">
            ${cells.map((cell, index) => {
              const {title, look} = columns[index] ?? {title: ''}
              return html`<td role="cell" class="${look}" data-label="${title}">${cell}</td>`
            })}
          </tr>
        `,
      )}
    </tbody>
  </table>
`
