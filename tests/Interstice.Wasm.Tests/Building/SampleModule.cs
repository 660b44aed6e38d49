using Interstice.Wasm.Binary;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Building;

/// <summary>A small module with every section and most encodings, for tests that damage it.</summary>
internal static class SampleModule
{
    /// <summary>Its bytes.</summary>
    public static byte[] Bytes { get; } = new WasmBuilder()
        .Type([], [])
        .Type([I32, I32], [I32])
        .Type([I64, F32, F64], [I64, F64])
        .Import("env", "add", ExternKind.Function, 1)
        .Import("env", "base", ExternKind.Global, I32, 0)
        .Table(FuncRef, 4, 8)
        .Table(ExternRef, 1)
        .Memory(1, 2)
        .Global(I32, true, 0x41, 0x2A)
        .Global(F64, false, 0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F)
        .Global(FuncRef, false, 0xD2, 0x02)
        .Export("run", ExternKind.Function, 1)
        .Export("memory", ExternKind.Memory, 0)
        .Export("table", ExternKind.Table, 0)
        .Start(2)
        .Element(0x00, 0x23, 0x00, 0x0B, 0x02, 0x01, 0x02)
        .Element(0x05, FuncRef, 0x02, 0xD2, 0x01, 0x0B, 0xD0, FuncRef, 0x0B)
        .Element(0x03, 0x00, 0x01, 0x00)
        .DataCount(2)
        .FunctionWithLocals(1, [(2, I64), (1, F32)], Arithmetic)
        .Function(0, Bulk)
        .FunctionWithLocals(2, [(1, I32)], Branches)
        .Data(0x00, 0x41, 0x10, 0x0B, 0x03, 0x61, 0x62, 0x63)
        .Data(0x01, 0x02, 0x64, 0x65)
        .Custom("name", 0x01, 0x06, 0x01, 0x01, 0x03, 0x72, 0x75, 0x6E)
        .Build();

    private static byte[] Arithmetic =>
    [
        0x20, 0x00, 0x20, 0x01, 0x6A,           // local.get 0, local.get 1, i32.add
        0x28, 0x02, 0x08,                       // i32.load align=4 offset=8
        0x22, 0x00, 0x04, I32,                  // local.tee 0, if (result i32)
        0x20, 0x00, 0x20, 0x01, 0x10, 0x00,     // call 0
        0x05, 0x41, 0x80, 0x80, 0x04,           // else, i32.const 65536
        0x0B,
        0x42, 0x7F, 0x21, 0x02,                 // i64.const -1, local.set 2
        0x20, 0x01, 0x41, 0x00, 0x11, 0x01, 0x00, // local.get 1, call_indirect (type 1) table 0 at index 0
        0x0F,                                   // return
    ];

    private static byte[] Bulk =>
    [
        0x41, 0x00, 0x41, 0x00, 0x41, 0x02, 0xFC, 0x08, 0x01, 0x00, // memory.init 1
        0xFC, 0x09, 0x01,                                           // data.drop 1
        0x41, 0x00, 0x41, 0x00, 0x41, 0x02, 0xFC, 0x0A, 0x00, 0x00, // memory.copy
        0x41, 0x00, 0x41, 0x00, 0x41, 0x01, 0xFC, 0x0C, 0x01, 0x00, // table.init 1
        0xFC, 0x0D, 0x01,                                           // elem.drop 1
        0xD0, ExternRef, 0x41, 0x01, 0xFC, 0x0F, 0x01, 0x1A,        // table.grow 1, drop
        0xD2, 0x01, 0xD1, 0x1A,                                     // ref.func 1, ref.is_null, drop
        0x41, 0x01, 0x24, 0x01,                                     // global.set 1
    ];

    private static byte[] Branches =>
    [
        0x02, 0x40, 0x03, 0x40, 0x02, 0x40,     // block, loop, block
        0x20, 0x03, 0x0E, 0x02, 0x00, 0x01, 0x02, // br_table 0 1 2
        0x0B, 0x20, 0x03, 0x0D, 0x00,           // end, br_if 0
        0x0B, 0x0B,
        0x20, 0x00, 0x43, 0, 0, 0x80, 0x3F, 0xFC, 0x04, 0x7C, // i64.trunc_sat_f32_s of 1.0, i64.add
        0x20, 0x02, 0x20, 0x02, 0x41, 0x00, 0x1C, 0x01, F64, // select (result f64)
    ];
}
