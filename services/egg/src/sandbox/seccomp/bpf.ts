/**
 * Classic BPF as seccomp(2) takes it: a list of 8-byte instructions over `struct seccomp_data`, jumps only forward.
 * Little endian, as both machines are that we know.
 */

/** One instruction; `whenTrue` and `whenFalse` say how many of the following ones are skipped. */
export interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly operand: number;
}

/** The operations that our programs are made of, as in linux/bpf_common.h. */
const OPERATION = {
  /** accumulator = 32-bit word of seccomp_data at the operand */
  loadWord: 0x20,
  jumpIfEqual: 0x15,
  /** unsigned */
  jumpIfGreater: 0x25,
  /** some bit of the operand is set */
  jumpIfAnySet: 0x45,
  return: 0x06,
} as const;

/** Offsets into `struct seccomp_data`. */
export const DATA = { number: 0, architecture: 4, firstArgument: 16 } as const;

/** A jump skips at most this many instructions: its distance is one byte. */
const MAX_JUMP = 255;

/** BPF_MAXINSNS of the kernel. */
export const MAX_INSTRUCTIONS = 4_096;

const INSTRUCTION_BYTES = 8;

/** Loads the low 32 bits of an argument; upper bits are no part of an `int` or `unsigned int`. */
export function loadArgument(index: number): Instruction {
  return load(DATA.firstArgument + 8 * index);
}

/** Loads a word of the call's description. */
export function load(offset: number): Instruction {
  return { code: OPERATION.loadWord, whenTrue: 0, whenFalse: 0, operand: offset };
}

/** Ends the program with this action. */
export function answer(action: number): Instruction {
  return { code: OPERATION.return, whenTrue: 0, whenFalse: 0, operand: action };
}

/** Runs `block` only when the accumulator equals the value. */
export function whenEqual(value: number, block: readonly Instruction[]): Instruction[] {
  return [{ code: OPERATION.jumpIfEqual, whenTrue: 0, whenFalse: block.length, operand: value }, ...block];
}

/** Runs `block` only when the accumulator differs from the value. */
export function unlessEqual(value: number, block: readonly Instruction[]): Instruction[] {
  return [{ code: OPERATION.jumpIfEqual, whenTrue: block.length, whenFalse: 0, operand: value }, ...block];
}

/** Runs `block` only when the accumulator, unsigned, is greater than the value. */
export function whenGreater(value: number, block: readonly Instruction[]): Instruction[] {
  return [{ code: OPERATION.jumpIfGreater, whenTrue: 0, whenFalse: block.length, operand: value }, ...block];
}

/** Runs `block` only when the accumulator has any bit of the mask. */
export function whenAnySet(mask: number, block: readonly Instruction[]): Instruction[] {
  return [{ code: OPERATION.jumpIfAnySet, whenTrue: 0, whenFalse: block.length, operand: mask }, ...block];
}

/** A program that the kernel would refuse or misread. */
export class BpfProgramError extends Error {
  override readonly name = "BpfProgramError";
}

/** The bytes of a program, as bubblewrap's `--seccomp` reads them. */
export function encode(program: readonly Instruction[]): Uint8Array {
  if (program.length > MAX_INSTRUCTIONS) {
    throw new BpfProgramError(`${program.length} instructions, the kernel takes at most ${MAX_INSTRUCTIONS}`);
  }
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, instruction] of program.entries()) {
    if (instruction.whenTrue > MAX_JUMP || instruction.whenFalse > MAX_JUMP) {
      throw new BpfProgramError(`instruction ${index} jumps further than ${MAX_JUMP}`);
    }
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, instruction.code, true);
    view.setUint8(at + 2, instruction.whenTrue);
    view.setUint8(at + 3, instruction.whenFalse);
    view.setUint32(at + 4, instruction.operand >>> 0, true);
  }
  return bytes;
}
