using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <content>Loads, stores and their checks.</content>
/// <remarks>A check computes <c>length - (offset + size) - address</c> without sign; a borrow throws. An address in a
/// local that has passed a check is not checked again up to the same end, where every way there has passed that check
/// and the local was not written since (<see cref="AddressFacts"/>). Nothing shrinks a memory while its guest runs,
/// and none is ever smaller than its type's minimum, so calls undo no check and constant addresses below the minimum need none.</remarks>
internal sealed partial class FunctionEmitter
{
    private readonly AddressFacts _known = new();
    private LocalBuilder _memoryBase = null!;
    private LocalBuilder _memoryLength = null!;

    private void EmitMemoryLocals()
    {
        _memoryBase = DeclareLocal(typeof(nint));
        _memoryLength = DeclareLocal(typeof(ulong));
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.MemoryBase);
        _il.Emit(OpCodes.Stloc, _memoryBase);
        EmitReloadLength();
    }

    private void EmitReloadLength()
    {
        if (!_scan.UsesMemory) return;
        _il.Emit(OpCodes.Ldloc, _memoryBase);
        _il.EmitInt(LinearMemory.LengthDistance);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Stloc, _memoryLength);
    }

    private void EmitMemorySize()
    {
        _il.Emit(OpCodes.Ldloc, _memoryLength);
        _il.EmitInt(16);
        _il.Emit(OpCodes.Shr_Un);
        _il.Emit(OpCodes.Conv_I4);
    }

    private void EmitLoad(Node load)
    {
        MemoryCode code = MemoryCode.Of(load.Opcode);
        Address address = EmitToAddress(load.Left!);
        EmitCheck(address, load.Offset, code.Bytes);
        EmitPointer(address, load.Offset);
        _il.Emit(code.Access);
        if (code.Widen is { } widen) _il.Emit(widen);
        Release(address);
    }

    private void EmitStore(Node address, uint offset, Node value, Opcode opcode)
    {
        MemoryCode code = MemoryCode.Of(opcode);
        Settle(Effects.WriteMemory | Effects.TrapBounds | address.Effects | value.Effects, 0);

        // What the value does or traps with comes before the store's own check.
        bool isValueFirst = (value.Effects & (Effects.Call | Effects.TrapOther)) != 0;
        Address at = EmitToAddress(address);
        if (isValueFirst)
        {
            LocalSlot slot = TakeSlot(value.Kind);
            Emit(value);
            EmitStore(slot);
            value = Temporary(slot, value.Quality);
        }

        EmitCheck(at, offset, code.Bytes);
        EmitMark(at, offset, code.Bytes);
        EmitPointer(at, offset);
        Emit(value);
        if (code.Widen is { } narrow) _il.Emit(narrow);
        _il.Emit(code.Access);
        Release(at);
    }

    /// <summary>Brings an address where it can be read more than once: it stays in its local, or goes into a
    /// slot.</summary>
    private Address EmitToAddress(Node node)
    {
        if (node.IsInteger(out long constant)) return new Address(0, (uint)constant, null, null);
        if (node.Opcode == Opcode.LocalGet) return new Address((int)node.Immediate + 1, 0, (int)node.Immediate, null);
        if (node.Opcode is PseudoOpcode.Temporary or PseudoOpcode.Slot)
        {
            bool isOwned = node.Opcode == PseudoOpcode.Temporary;
            return new Address(KeyOf(node.Slot!), 0, null, node.Slot, isOwned);
        }

        Emit(node);
        LocalSlot slot = TakeSlot(ValueKind.I32);
        EmitStore(slot);
        return new Address(KeyOf(slot), 0, null, slot, true);
    }

    private void EmitCheck(Address address, uint offset, int bytes)
    {
        ulong end = (ulong)offset + address.Constant + (uint)bytes;
        if (address.Key == 0)
        {
            if (end <= _module.MemoryBytesMin) return;
            EmitLengthMinus(end);
            _il.Emit(OpCodes.Pop);
            return;
        }

        if (end <= _known[address.Key].End) return;
        _known.SetEnd(address.Key, end);
        EmitLengthMinus(end);
        EmitAddress(address);
        _il.Emit(OpCodes.Sub_Ovf_Un);
        _il.Emit(OpCodes.Pop);
    }

    private void EmitLengthMinus(ulong end)
    {
        _il.Emit(OpCodes.Ldloc, _memoryLength);
        EmitInt64((long)end);
        _il.Emit(end <= _module.MemoryBytesMin ? OpCodes.Sub : OpCodes.Sub_Ovf_Un);
    }

    /// <summary>Marks the page as written, unless a mark near enough below has been set through the same
    /// local.</summary>
    private void EmitMark(Address address, uint offset, int bytes)
    {
        ulong page = ((ulong)address.Constant + offset) >> LinearMemory.DirtyPageShift;
        if (address.Key == 0)
        {
            if (!_known.AddPage(page)) return;
        }
        else
        {
            long marked = _known[address.Key].Mark;
            if (marked <= offset && offset - marked + bytes <= LinearMemory.DirtySlack) return;
            _known.SetMark(address.Key, offset);
        }

        _il.Emit(OpCodes.Ldloc, _memoryBase);
        if (address.Key == 0)
        {
            EmitInt64((long)page);
        }
        else
        {
            EmitAddress(address);
            EmitAddOffset(offset);
            _il.EmitInt(LinearMemory.DirtyPageShift);
            _il.Emit(OpCodes.Shr_Un);
        }

        _il.Emit(OpCodes.Add);
        _il.EmitInt(LinearMemory.DirtyMapDistance);
        _il.Emit(OpCodes.Sub);
        _il.EmitInt(1);
        _il.Emit(OpCodes.Stind_I1);
    }

    private void EmitPointer(Address address, uint offset)
    {
        _il.Emit(OpCodes.Ldloc, _memoryBase);
        if (address.Key == 0)
        {
            EmitAddOffset((ulong)offset + address.Constant);
            return;
        }

        EmitAddress(address);
        _il.Emit(OpCodes.Add);
        EmitAddOffset(offset);
    }

    private void EmitAddress(Address address)
    {
        if (address.Local is { } local) EmitLocalGet(local);
        else _il.Emit(OpCodes.Ldloc, address.Slot!.Builder);
        _il.Emit(OpCodes.Conv_U8);
    }

    private void EmitAddOffset(ulong offset)
    {
        if (offset == 0) return;
        EmitInt64((long)offset);
        _il.Emit(OpCodes.Add);
    }

    private void Release(Address address)
    {
        if (address.IsOwned) Free(address.Slot!);
    }

    /// <summary>A local has been written: what was known of its old value goes, unless the new one is a local and a constant
    /// within what was checked of that.</summary>
    private void NoteWritten(int local, Node value)
    {
        (ulong End, long Mark) old = (0, AddressFacts.NoMark);
        long step = 0;
        if (value.Opcode == Opcode.I32Add && value.Left!.Opcode == Opcode.LocalGet && value.Right!.IsInteger(out step))
            old = _known[(int)value.Left.Immediate + 1];
        _known.Forget(local + 1);
        if (old.End == 0 || step < 0 || (ulong)step > old.End) return;
        _known.Set(local + 1, old.End - (ulong)step, old.Mark == AddressFacts.NoMark ? old.Mark : old.Mark - step);
    }

    /// <summary>Facts about locals that nothing from the loop's start on writes; slots may be assigned by its branches back.</summary>
    private void KeepKnownInLoop()
    {
        int start = _code.Offset;
        _known.Keep(key => key > 0 && !_scan.IsWrittenAfter(key - 1, start));
    }

    private static int KeyOf(LocalSlot slot) => -1 - slot.Number;

    /// <summary>Where an address is.</summary>
    /// <param name="Key">Local + 1, or below zero a slot; 0 for a constant.</param>
    /// <param name="Constant">The constant.</param>
    /// <param name="Local">The local.</param>
    /// <param name="Slot">The slot.</param>
    /// <param name="IsOwned">Whether the slot is given back after use.</param>
    private readonly record struct Address(int Key, uint Constant, int? Local, LocalSlot? Slot, bool IsOwned = false);
}
