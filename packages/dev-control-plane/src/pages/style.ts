/** One style sheet for every page, inline so that a page needs no second request. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f2ee; --card: #fff; --text: #1f1d1a; --quiet: #635e57; --line: #d9d4cb;
  --accent: #2f5d50; --on-accent: #fff; --alarm: #a1241b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161513; --card: #211f1c; --text: #edeae4; --quiet: #aaa398; --line: #3d3a35;
    --accent: #8fcdb9; --on-accent: #10211c; --alarm: #ff9a8f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 1.5rem 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; display: flex; flex-direction: column; align-items: center; }
main { width: 100%; max-width: 27rem; margin: auto 0; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; }
main.wide { max-width: 46rem; }
footer { margin-top: 1.25rem; color: var(--quiet); font-size: .85rem; text-align: center; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; }
p, ul { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
label { display: block; margin-bottom: .9rem; font-weight: 600; }
input { display: block; width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--line); border-radius: .45rem; }
button { padding: .6rem 1.1rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent);
  border: 1px solid var(--accent); border-radius: .45rem; cursor: pointer; }
button.quiet { color: var(--text); background: transparent; border-color: var(--line); }
button.person { display: block; width: 100%; margin-bottom: .5rem; text-align: left; }
button.person span { display: block; font-weight: 400; font-size: .9rem; color: var(--quiet); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
code { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: .75rem; overflow-x: auto; background: var(--ground); border-radius: .45rem; }
.code { display: block; margin: 0 0 1rem; padding: .6rem; text-align: center; font-size: 1.7rem; letter-spacing: .12em;
  background: var(--ground); border-radius: .45rem; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.25rem; }
.quiet { color: var(--quiet); }
.alarm { color: var(--alarm); font-weight: 600; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
td code { white-space: nowrap; }
th, td { padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
`
