/** The people of the dev control plane's default seed, and their keys. */
export const ada = {
  email: 'ada@example.com',
  key: 'llx-dev-ada-only-for-this-machine-4da1',
  keyName: 'llx-de****4da1',
  /** Of her default organization, and one of the other. */
  projects: ['prj-notes', 'prj-invoices', 'prj-sandbox'],
  otherProject: 'prj-flow',
}

export const grace = {
  email: 'grace@example.com',
  key: 'llx-dev-grace-only-for-this-machine-9ce2',
  keyName: 'llx-de****9ce2',
  project: 'prj-flow',
}

export const linus = {
  email: 'linus@example.com',
  key: 'llx-dev-linus-only-for-this-machine-11b5',
}
