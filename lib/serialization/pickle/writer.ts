/** Writes Python's pickles, protocol 2, opcode by opcode as Python does. */
import { PicklingError } from '../errors';
import { described, PickledFloat, Tuple } from '../values';
import { OP } from './opcodes';
import { encodeText } from './text';

/** What stands for Python's object of that name. */
export class GlobalName {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
}

/** How Python makes an object: its `__reduce__`. */
export interface Reduction {
  readonly callee: GlobalName;
  readonly args: readonly unknown[];
  /** Whether `callee` is a class of which an object is made without its constructor. */
  readonly isNew?: boolean;
  /** Entries that are set afterwards. */
  readonly items?: Iterable<readonly [unknown, unknown]>;
  /** What is given to the object in the end; null for nothing. */
  readonly state?: unknown;
}

/** Python's dict. */
export interface Dictionary {
  readonly entries: readonly (readonly [unknown, unknown])[];
}

/** What an object is in Python's eyes. */
export interface PickleForms {
  /** The id of an object that the pickle only refers to; null for any other. */
  persistentId(value: object): Tuple | null;
  /** A name, a call, a dictionary, or a list. Throws a PicklingError for what has no form. */
  form(value: object): GlobalName | Reduction | Dictionary | readonly unknown[];
}

const BATCH = 1000;
/** Python's own limit is about as deep. */
const MAX_DEPTH = 990;

/** One pickle. */
export class PickleWriter {
  private readonly out = new Bytes();
  private readonly memo = new Map<unknown, number>();
  private readonly globals = new Map<string, number>();
  private memos = 0;
  private depth = 0;

  constructor(private readonly forms: PickleForms) {}

  /** The pickle of a value. Throws a PicklingError if a part of it has no form in Python. */
  dump(value: unknown): Buffer {
    this.out.byte(OP.PROTO);
    this.out.byte(2);
    this.save(value);
    this.out.byte(OP.STOP);
    return this.out.all();
  }

  private save(value: unknown): void {
    switch (typeof value) {
      case 'boolean':
        this.out.byte(value ? OP.NEWTRUE : OP.NEWFALSE);
        break;
      case 'number':
        if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.saveInt(value);
        else this.saveFloat(value);
        break;
      case 'bigint':
        this.saveBigInt(value);
        break;
      case 'string':
        this.saveText(value);
        break;
      case 'undefined':
        this.out.byte(OP.NONE);
        break;
      case 'object':
        if (value === null) this.out.byte(OP.NONE);
        else this.saveObject(value);
        break;
      default:
        throw new PicklingError(`cannot save ${described(value)}`);
    }
  }

  private saveObject(value: object): void {
    if (value instanceof PickledFloat) {
      this.saveFloat(value.value);
      return;
    }
    if (this.recall(value)) return;
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PicklingError('maximum recursion depth exceeded while pickling an object');
    const id = this.forms.persistentId(value);
    if (id !== null) {
      this.saveTuple(id);
      this.out.byte(OP.BINPERSID);
    } else if (value instanceof Tuple) {
      this.saveTuple(value);
    } else {
      this.saveForm(value, this.forms.form(value));
    }
    this.depth -= 1;
  }

  private saveForm(value: object, form: ReturnType<PickleForms['form']>): void {
    if (form instanceof GlobalName) {
      this.saveGlobal(form);
      return;
    }
    if ('entries' in form && !Array.isArray(form)) {
      this.out.byte(OP.EMPTY_DICT);
      this.remember(value);
      this.saveItems((form as Dictionary).entries);
      return;
    }
    if (Array.isArray(form)) {
      this.saveList(value, form);
      return;
    }
    this.saveReduction(value, form as Reduction);
  }

  private saveReduction(value: object, { callee, args, isNew, items, state }: Reduction): void {
    this.saveGlobal(callee);
    this.saveTuple(args);
    this.out.byte(isNew ? OP.NEWOBJ : OP.REDUCE);
    this.remember(value);
    if (items !== undefined) this.saveItems([...items]);
    if (state === undefined || state === null) return;
    this.save(state);
    this.out.byte(OP.BUILD);
  }

  private saveTuple(items: readonly unknown[]): void {
    if (items.length === 0) {
      this.out.byte(OP.EMPTY_TUPLE);
      return;
    }
    if (items.length > 3) this.out.byte(OP.MARK);
    for (const item of items) this.save(item);
    if (this.memo.has(items)) throw new PicklingError('cannot save a tuple that contains itself');
    this.out.byte(items.length > 3 ? OP.TUPLE : ([OP.TUPLE1, OP.TUPLE2, OP.TUPLE3][items.length - 1] as number));
    this.remember(items);
  }

  private saveList(value: object, items: readonly unknown[]): void {
    this.out.byte(OP.EMPTY_LIST);
    this.remember(value);
    if (items.length === 1) {
      this.save(items[0]);
      this.out.byte(OP.APPEND);
      return;
    }
    for (let start = 0; start < items.length; start += BATCH) {
      this.out.byte(OP.MARK);
      for (const item of items.slice(start, start + BATCH)) this.save(item);
      this.out.byte(OP.APPENDS);
    }
  }

  private saveItems(entries: readonly (readonly [unknown, unknown])[]): void {
    for (let start = 0; start < entries.length; start += BATCH) {
      const batch = entries.slice(start, start + BATCH);
      if (batch.length > 1) this.out.byte(OP.MARK);
      for (const [key, value] of batch) {
        this.save(key);
        this.save(value);
      }
      this.out.byte(batch.length > 1 ? OP.SETITEMS : OP.SETITEM);
    }
  }

  private saveGlobal({ module, name }: GlobalName): void {
    const line = `${module}\n${name}\n`;
    const known = this.globals.get(line);
    if (known !== undefined) {
      this.get(known);
      return;
    }
    this.out.byte(OP.GLOBAL);
    this.out.bytes(encodeText(line));
    this.globals.set(line, this.memos);
    this.put();
  }

  private saveText(text: string): void {
    if (this.recall(text)) return;
    const bytes = encodeText(text);
    this.out.byte(OP.BINUNICODE);
    this.out.uint32(bytes.length);
    this.out.bytes(bytes);
    this.remember(text);
  }

  private saveInt(value: number): void {
    if (value >= 0 && value <= 0xff) {
      this.out.byte(OP.BININT1);
      this.out.byte(value);
    } else if (value >= 0 && value <= 0xffff) {
      this.out.byte(OP.BININT2);
      this.out.byte(value & 0xff);
      this.out.byte(value >> 8);
    } else if (value >= -0x80000000 && value <= 0x7fffffff) {
      this.out.byte(OP.BININT);
      this.out.uint32(value >>> 0);
    } else {
      this.saveBigInt(BigInt(value));
    }
  }

  /** Two's complement in as few bytes as hold it. */
  private saveBigInt(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) {
      this.saveInt(Number(value));
      return;
    }
    const bytes: number[] = [];
    for (let rest = value; ; rest >>= 8n) {
      bytes.push(Number(rest & 0xffn));
      const sign = (bytes.at(-1) as number) & 0x80;
      if ((rest >> 8n === 0n && !sign) || (rest >> 8n === -1n && sign)) break;
    }
    if (bytes.length > 0xff) throw new PicklingError('cannot save a whole number of more than 2039 bits');
    this.out.byte(OP.LONG1);
    this.out.byte(bytes.length);
    this.out.bytes(Uint8Array.from(bytes));
  }

  private saveFloat(value: number): void {
    const bytes = Buffer.alloc(9);
    bytes[0] = OP.BINFLOAT;
    bytes.writeDoubleBE(value, 1);
    this.out.bytes(bytes);
  }

  private recall(value: unknown): boolean {
    const index = this.memo.get(value);
    if (index === undefined) return false;
    this.get(index);
    return true;
  }

  private remember(value: unknown): void {
    this.memo.set(value, this.memos);
    this.put();
  }

  private get(index: number): void {
    this.indexed(OP.BINGET, OP.LONG_BINGET, index);
  }

  private put(): void {
    this.indexed(OP.BINPUT, OP.LONG_BINPUT, this.memos);
    this.memos += 1;
  }

  private indexed(short: number, long: number, index: number): void {
    this.out.byte(index < 256 ? short : long);
    if (index < 256) this.out.byte(index);
    else this.out.uint32(index);
  }
}

/** Bytes that grow. */
class Bytes {
  private buffer = Buffer.alloc(1 << 12);
  private length = 0;

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  all(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
