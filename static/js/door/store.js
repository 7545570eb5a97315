// The phone's own database. docs/door.md lists what may stand in it: nothing about a person, and no code.

const NAME = "bonsoir-door";
const STORES = {
  tickets: { keyPath: "hash" },
  queue: { keyPath: "n", autoIncrement: true },
  seen: { keyPath: "hash" },
  asking: { keyPath: "key" },
  meta: { keyPath: "key" },
};
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const reading = async (name) => (await database()).transaction(name).objectStore(name);

export const get = async (name, key) => answered((await reading(name)).get(key));
export const all = async (name) => answered((await reading(name)).getAll());
export const count = async (name) => answered((await reading(name)).count());
export const recall = async (key) => (await get("meta", key))?.value;
export const keep = (key, value) => write(["meta"], ({ meta }) => meta.put({ key, value }));

/**
 * Change several stores together; done when it is on the disk. `act` gets the stores by name and may read through
 * `ask(request, then)` before it writes.
 */
export async function write(names, act) {
  const change = (await database()).transaction(names, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
  });
  const ask = (request, then) => {
    request.onsuccess = () => then(request.result);
  };
  act(Object.fromEntries(names.map((name) => [name, change.objectStore(name)])), ask);
  return done;
}

/** Forget all of these stores, or everything. */
export const wipe = (names = Object.keys(STORES)) =>
  write(names, (stores) => {
    for (const store of Object.values(stores)) store.clear();
  });
