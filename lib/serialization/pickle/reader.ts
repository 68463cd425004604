/** Reads Python's pickles: a stack machine that builds plain values and leaves everything else to its builder. */
import { UnpicklingError } from '../errors';
import { Tuple } from '../values';
import { OP } from './opcodes';
import { decodeText } from './text';

/** What a pickle's opcodes do beyond plain values. None of them runs code that the pickle brings. */
export interface PickleBuilder {
  /** What stands for Python's object of that name; throws if it may not be loaded. */
  global(module: string, name: string): unknown;
  /** The object of a storage's id. */
  persistent(id: unknown): unknown;
  /** A new, empty dictionary. */
  dict(): unknown;
  call(callee: unknown, args: unknown): unknown;
  newObject(type: unknown, args: unknown): unknown;
  /** Gives an object its state. */
  build(object: unknown, state: unknown): void;
  append(list: unknown, items: unknown[]): void;
  /** `items` are keys and values in turn. */
  setItems(dict: unknown, items: unknown[]): void;
}

/** One pickle after another in a sequence of bytes. */
export class PickleReader {
  private readonly view: DataView;
  private stack: unknown[] = [];
  private marked: unknown[][] = [];
  private memo = new Map<number, unknown>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly builder: PickleBuilder,
    /** Where the next pickle begins. */
    public position = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * The value of the next pickle.
   *
   * @throws UnpicklingError if it is damaged, or holds what Python's `weights_only` does not load.
   */
  load(): unknown {
    this.stack = [];
    this.marked = [];
    this.memo = new Map();
    for (;;) {
      const opcode = this.byte();
      if (opcode === OP.STOP) return this.pop();
      this.execute(opcode);
    }
  }

  private execute(opcode: number): void {
    switch (opcode) {
      case OP.PROTO:
        this.byte();
        return;
      case OP.GLOBAL:
        this.push(this.builder.global(this.line(), this.line()));
        break;
      case OP.NEWOBJ: {
        const args = this.pop();
        this.push(this.builder.newObject(this.pop(), args));
        break;
      }
      case OP.REDUCE: {
        const args = this.pop();
        this.push(this.builder.call(this.pop(), args));
        break;
      }
      case OP.BUILD: {
        const state = this.pop();
        this.builder.build(this.top(), state);
        break;
      }
      case OP.BINPERSID:
        this.push(this.builder.persistent(this.pop()));
        break;
      case OP.MARK:
        this.marked.push(this.stack);
        this.stack = [];
        return;
      case OP.BINGET:
        this.push(this.recall(this.byte()));
        break;
      case OP.LONG_BINGET:
        this.push(this.recall(this.view.getUint32(this.take(4), true)));
        break;
      case OP.BINPUT:
        this.memo.set(this.byte(), this.top());
        return;
      case OP.LONG_BINPUT:
        this.memo.set(this.view.getUint32(this.take(4), true), this.top());
        return;
      default:
        if (!this.executeOnContainer(opcode)) this.push(this.plain(opcode));
    }
  }

  private executeOnContainer(opcode: number): boolean {
    switch (opcode) {
      case OP.APPEND: {
        const item = this.pop();
        this.builder.append(this.top(), [item]);
        return true;
      }
      case OP.APPENDS: {
        const items = this.popMark();
        this.builder.append(this.top(), items);
        return true;
      }
      case OP.SETITEM: {
        const value = this.pop();
        const key = this.pop();
        this.builder.setItems(this.top(), [key, value]);
        return true;
      }
      case OP.SETITEMS: {
        const items = this.popMark();
        if (items.length % 2 !== 0) throw new UnpicklingError('odd number of items for SETITEMS');
        this.builder.setItems(this.top(), items);
        return true;
      }
      default:
        return false;
    }
  }

  private plain(opcode: number): unknown {
    switch (opcode) {
      case OP.NONE:
        return null;
      case OP.NEWTRUE:
        return true;
      case OP.NEWFALSE:
        return false;
      case OP.BININT1:
        return this.byte();
      case OP.BININT2:
        return this.view.getUint16(this.take(2), true);
      case OP.BININT:
        return this.view.getInt32(this.take(4), true);
      case OP.BINFLOAT:
        return this.view.getFloat64(this.take(8), false);
      case OP.LONG1:
        return wholeNumber(this.takeBytes(this.byte()));
      case OP.BINUNICODE:
        return decodeText(this.takeBytes(this.view.getUint32(this.take(4), true)));
      case OP.SHORT_BINSTRING:
        return decodeText(this.takeBytes(this.byte()));
      case OP.EMPTY_LIST:
        return [];
      case OP.EMPTY_DICT:
        return this.builder.dict();
      case OP.EMPTY_SET:
        return new Set();
      case OP.EMPTY_TUPLE:
        return new Tuple();
      case OP.TUPLE1:
        return this.popTuple(1);
      case OP.TUPLE2:
        return this.popTuple(2);
      case OP.TUPLE3:
        return this.popTuple(3);
      case OP.TUPLE:
        return Tuple.ofList(this.popMark());
      default:
        throw new UnpicklingError(`Unsupported operand ${opcode}`);
    }
  }

  private push(value: unknown): void {
    this.stack.push(value);
  }

  private pop(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError('pickle stack underflow');
    return this.stack.pop();
  }

  private top(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError('pickle stack underflow');
    return this.stack[this.stack.length - 1];
  }

  private popMark(): unknown[] {
    const items = this.stack;
    const below = this.marked.pop();
    if (below === undefined) throw new UnpicklingError('could not find MARK');
    this.stack = below;
    return items;
  }

  private popTuple(length: number): Tuple {
    if (this.stack.length < length) throw new UnpicklingError('pickle stack underflow');
    return Tuple.ofList(this.stack.splice(this.stack.length - length));
  }

  private recall(index: number): unknown {
    if (!this.memo.has(index)) throw new UnpicklingError(`Memo value not found at index ${index}`);
    return this.memo.get(index);
  }

  /** Moves on by so many bytes; gives where they begin. */
  private take(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw new UnpicklingError('pickle data was truncated');
    this.position += length;
    return start;
  }

  private takeBytes(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  private byte(): number {
    return this.bytes[this.take(1)] as number;
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new UnpicklingError('pickle data was truncated');
    const line = decodeText(this.takeBytes(end - this.position));
    this.position += 1;
    return line;
  }
}

/** The whole number of two's complement bytes, the lowest first: a bigint where a number does not hold it. */
function wholeNumber(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  value = BigInt.asIntN(bytes.length * 8, value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
