/** A system call as seccomp sees it. */
export interface SyscallPoint {
  readonly architecture: number;
  readonly number: number;
  readonly arguments?: readonly (number | bigint)[];
}

interface Machine {
  accumulator: number;
  at: number;
  readonly scratch: Uint32Array;
}

/** Runs a program the way the kernel does: every operation that our filter or libseccomp's uses, an error for others. */
export function interpretFilter(program: Uint8Array, point: SyscallPoint): number {
  const data = describe(point);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const machine: Machine = { accumulator: 0, at: 0, scratch: new Uint32Array(16) };
  for (;;) {
    const offset = machine.at * 8;
    const operand = view.getUint32(offset + 4, true);
    const code = view.getUint16(offset, true);
    if (code === 0x06) return operand;
    const jump = step(machine, { code, operand, data });
    if (jump === undefined) machine.at += 1;
    else if (typeof jump === "number") machine.at += 1 + jump;
    else machine.at += 1 + view.getUint8(offset + (jump ? 2 : 3));
  }
}

/** Nothing for the next instruction, a distance for a plain jump, a truth for a jump with two ways. */
function step(machine: Machine, op: { code: number; operand: number; data: DataView }): number | boolean | undefined {
  const { accumulator, scratch } = machine;
  switch (op.code) {
    case 0x20:
      machine.accumulator = op.data.getUint32(op.operand, true);
      return undefined;
    case 0x54:
      machine.accumulator = (accumulator & op.operand) >>> 0;
      return undefined;
    case 0x02:
      scratch[op.operand] = accumulator;
      return undefined;
    case 0x60:
      machine.accumulator = scratch[op.operand]!;
      return undefined;
    case 0x05:
      return op.operand;
    case 0x15:
      return accumulator === op.operand;
    case 0x25:
      return accumulator > op.operand;
    case 0x35:
      return accumulator >= op.operand;
    case 0x45:
      return (accumulator & op.operand) !== 0;
    default:
      throw new Error(`operation 0x${op.code.toString(16)} at instruction ${machine.at} is not interpreted`);
  }
}

function describe(point: SyscallPoint): DataView {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, point.number >>> 0, true);
  data.setUint32(4, point.architecture, true);
  for (const [index, argument] of (point.arguments ?? []).entries()) {
    data.setBigUint64(16 + 8 * index, BigInt.asUintN(64, BigInt(argument)), true);
  }
  return data;
}
