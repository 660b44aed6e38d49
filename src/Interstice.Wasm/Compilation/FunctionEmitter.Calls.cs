using System.Reflection;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <content>Calls, of functions and of the run time, and what every function does on entry and exit.</content>
internal sealed partial class FunctionEmitter
{
    private readonly List<Action> _coldBlocks = [];
    private readonly Stack<Callee> _freeCallees = [];
    private LocalBuilder? _fuel;
    private Label? _outOfFuel;
    private LocalBuilder? _depth;

    // Where a function loops, the fuel that is left is in a local: a loop that had to read back what it has just written
    // would wait for that at every turn. The state has it too before anything else can look at it or trap.
    private void EmitEntryFuel()
    {
        if (!_module.Options.Metering) return;
        _fuel = DeclareLocal(typeof(long));
        EmitReloadFuel();
        EmitCharge(_scan.EntryWeight);
    }

    private void EmitLoopFuel(int weight)
    {
        if (!_module.Options.Metering) return;
        EmitCharge(weight);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.StopRequested);
        _il.Emit(OpCodes.Brtrue, _outOfFuel!.Value);
    }

    private void EmitCharge(int weight)
    {
        _il.Emit(OpCodes.Ldloc, _fuel!);
        EmitInt64(weight);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _fuel!);
        _il.Emit(OpCodes.Ldloc, _fuel!);
        EmitInt64(0);
        if (_outOfFuel is null)
        {
            _outOfFuel = _il.DefineLabel();
            _coldBlocks.Add(EmitOutOfFuel);
        }

        _il.Emit(OpCodes.Blt, _outOfFuel.Value);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldloc, _fuel!);
        _il.Emit(OpCodes.Stfld, RuntimeMethods.Fuel);
    }

    private void EmitOutOfFuel()
    {
        _il.MarkLabel(_outOfFuel!.Value);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Call, RuntimeMethods.OutOfFuel);
        _il.Emit(OpCodes.Throw);
    }

    private void EmitReloadFuel()
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.Fuel);
        _il.Emit(OpCodes.Stloc, _fuel!);
    }

    /// <summary>Reads again what a call may have changed.</summary>
    private void EmitReload()
    {
        EmitReloadLength();
        if (_fuel is not null && _scan.LoopWeights.Count > 0) EmitReloadFuel();
    }

    // The new value is stored before it is looked at: below zero afterwards, it tells that this check failed (Boundary).
    private void EmitDepthCheck()
    {
        if (!CountsDepth) return;
        _depth = DeclareLocal(typeof(int));
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.Depth);
        _il.Emit(OpCodes.Stloc, _depth);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldloc, _depth);
        _il.EmitInt(_depthWeight);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stfld, RuntimeMethods.Depth);
        _il.Emit(OpCodes.Ldloc, _depth);
        _il.EmitInt(_depthWeight);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Conv_Ovf_U4);
        _il.Emit(OpCodes.Pop);
    }

    private bool CountsDepth => _module.Options.CountDepth && _depthWeight > 0;

    private void EmitReturnValues(Node[] values)
    {
        if (values.Length > 1)
        {
            for (int i = 0; i < values.Length; i++) values[i] = ToTemporary(Canonical(values[i]));
            for (int i = 1; i < values.Length; i++) EmitResultStore(i, values[i]);
        }

        if (values.Length > 0) Emit(Canonical(values[0]));
        if (CountsDepth)
        {
            _il.Emit(OpCodes.Ldarg_0);
            _il.Emit(OpCodes.Ldloc, _depth!);
            _il.Emit(OpCodes.Stfld, RuntimeMethods.Depth);
        }

        _il.Emit(OpCodes.Ret);
    }

    private void EmitResultStore(int index, Node value)
    {
        _il.Emit(OpCodes.Ldarg_0);
        ResultAccess.EmitAddress(_il, value.Kind, index);
        Emit(value);
        ResultAccess.EmitStore(_il, value.Kind);
    }

    private void ReadCall(int function)
    {
        FunctionType type = _module.Module.Functions[function].Type;
        Node[] arguments = [.. Pop(type.Parameters.Length).Select(Canonical)];
        FieldInfo? import = _module.ImportFields[function];
        if (import is not null && !Signature.HasDelegateType(type))
        {
            EmitValueCall(import, type, arguments);
            return;
        }

        Finish(type, CallNode(Opcode.Call, type, arguments, function, null));
    }

    private static Node CallNode(Opcode opcode, FunctionType type, Node[] arguments, int index, Callee? callee)
    {
        // A call without result has a node too, of no kind that anything asks for.
        ValueKind kind = type.Results.IsEmpty ? ValueKind.I32 : type.Results[0];
        var node = new Node(opcode, kind)
        {
            Arguments = arguments,
            Immediate = index,
            Callee = callee,
            Quality = QualityOf(kind),
        };
        foreach (Node argument in arguments) node.Include(argument);
        node.Effects |= Effects.Call;
        return node;
    }

    /// <summary>Pushes a call's one result as a tree, or makes the call now.</summary>
    private void Finish(FunctionType type, Node call)
    {
        if (type.Results.Length == 1)
        {
            Push(call);
            return;
        }

        Settle(call.Effects, 0);
        Emit(call);
        if (type.Results.IsEmpty) return;
        LocalSlot[] slots = TakeSlots(type.Results);
        EmitStore(slots[0]);
        for (int i = 1; i < slots.Length; i++)
        {
            _il.Emit(OpCodes.Ldarg_0);
            ResultAccess.EmitAddress(_il, slots[i].Kind, i);
            ResultAccess.EmitLoad(_il, slots[i].Kind);
            EmitStore(slots[i]);
        }

        foreach (LocalSlot slot in slots) Push(Temporary(slot, QualityOf(slot.Kind)));
    }

    private void EmitCall(Node call)
    {
        int function = (int)call.Immediate;
        _il.Emit(OpCodes.Ldarg_0);
        if (_module.ImportFields[function] is { } import) _il.Emit(OpCodes.Ldfld, import);
        foreach (Node argument in call.Arguments) Emit(argument);
        if (_module.ImportFields[function] is { } called)
        {
            _il.Emit(OpCodes.Callvirt, called.FieldType.GetMethod("Invoke")!);
        }

        else _il.Emit(OpCodes.Call, _module.Methods[function]!);
        EmitReload();
    }

    /// <summary>Calls an imported function that no delegate type fits, with an array of values.</summary>
    private void EmitValueCall(FieldInfo import, FunctionType type, Node[] arguments)
    {
        SettleBefore(arguments, Effects.Call);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, import);
        ValueArray.EmitNew(_il, type.Parameters, i => Emit(arguments[i]));
        _il.Emit(OpCodes.Call, RuntimeMethods.FunctionInvokeRaw);
        LocalBuilder results = DeclareLocal(typeof(Value[]));
        _il.Emit(OpCodes.Stloc, results);
        LocalSlot[] slots = TakeSlots(type.Results);
        for (int i = 0; i < slots.Length; i++)
        {
            _il.Emit(OpCodes.Ldloc, results);
            ValueArray.EmitRead(_il, slots[i].Kind, i);
            EmitStore(slots[i]);
        }

        EmitReload();
        foreach (LocalSlot slot in slots) Push(Temporary(slot, QualityOf(slot.Kind)));
    }

    private void ReadIndirectCall(int typeIndex, int table)
    {
        FunctionType type = _module.Module.Types[typeIndex];
        Node index = Pop();
        Node[] arguments = [.. Pop(type.Parameters.Length).Select(Canonical)];

        // The callee is found now; arguments that do something must have done it before.
        SettleBefore([.. arguments, index], Effects.TrapOther | Effects.ReadTable);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Effects != Effects.None) arguments[i] = ToTemporary(arguments[i]);
        }

        int typeId = _module.UseBridge(type);
        Callee callee = EmitResolve(index, table, typeId);
        Finish(type, CallNode(Opcode.CallIndirect, type, arguments, typeIndex, callee));
    }

    private Callee EmitResolve(Node index, int table, int typeId)
    {
        if (!_freeCallees.TryPop(out Callee? callee))
        {
            callee = new Callee(DeclareLocal(typeof(nint)), DeclareLocal(typeof(object)));
        }

        LocalSlot at = TakeSlot(ValueKind.I32);
        Emit(index);
        EmitStore(at);
        Label slow = _il.DefineLabel();
        Label found = _il.DefineLabel();
        EmitTableBlock(table);
        _il.Emit(OpCodes.Stloc, callee.Code);
        _il.Emit(OpCodes.Ldloc, at.Builder);
        _il.Emit(OpCodes.Ldloc, callee.Code);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Bge_Un, slow);

        // The entry's address: the block, and 16 bytes for the header and each entry before.
        _il.Emit(OpCodes.Ldloc, callee.Code);
        _il.Emit(OpCodes.Ldloc, at.Builder);
        _il.Emit(OpCodes.Conv_U8);
        _il.EmitInt(4);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Add);
        _il.EmitInt(TableView.EntryBytes);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, callee.Code);
        _il.Emit(OpCodes.Ldloc, callee.Code);
        _il.EmitInt(TableView.TypeIdDistance);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I4);
        _il.EmitInt(typeId);
        _il.Emit(OpCodes.Bne_Un, slow);
        _il.Emit(OpCodes.Ldloc, callee.Code);
        _il.Emit(OpCodes.Ldind_I);
        _il.Emit(OpCodes.Stloc, callee.Code);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Stloc, callee.Target);
        _il.MarkLabel(found);
        _coldBlocks.Add(() => EmitSlowResolve(slow, found, at, table, typeId, callee));
        Free(at);
        return callee;
    }

    private void EmitSlowResolve(Label slow, Label found, LocalSlot at, int table, int typeId, Callee callee)
    {
        _il.MarkLabel(slow);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldloc, at.Builder);
        _il.EmitInt(table);
        _il.EmitInt(typeId);
        _il.Emit(OpCodes.Ldloca, callee.Code);
        _il.Emit(OpCodes.Call, RuntimeMethods.ResolveIndirect);
        _il.Emit(OpCodes.Stloc, callee.Target);
        _il.Emit(OpCodes.Br, found);
    }

    private void EmitTableBlock(int table)
    {
        _il.Emit(OpCodes.Ldarg_0);
        if (table == 0)
        {
            _il.Emit(OpCodes.Ldfld, RuntimeMethods.Table0);
            return;
        }

        _il.Emit(OpCodes.Ldfld, RuntimeMethods.TableBlocks);
        _il.EmitInt(table * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
    }

    private void EmitIndirectCall(Node call)
    {
        FunctionType type = _module.Module.Types[(int)call.Immediate];
        _il.Emit(OpCodes.Ldloc, call.Callee!.Target);
        foreach (Node argument in call.Arguments) Emit(argument);
        _il.Emit(OpCodes.Ldloc, call.Callee.Code);
        Type[] parameters = [typeof(object), .. type.Parameters.Select(Signature.ClrType)];
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, Signature.ReturnType(type), parameters, null);
        _freeCallees.Push(call.Callee);
        EmitReload();
    }

    /// <summary>Instructions that the run time carries out.</summary>
    private void ReadRuntimeCall(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemorySize: Push(new Node(opcode, ValueKind.I32) { Effects = Effects.ReadMemory }); break;
            case Opcode.MemoryGrow: PushRuntime(new Node(opcode, ValueKind.I32, Pop()), Effects.Call); break;
            case Opcode.TableGet:
                ValueKind kind = _module.Module.Tables[(int)_code.Index].ElementKind;
                PushRuntime(new Node(opcode, kind, Pop()) { Immediate = _code.Index }, Effects.ReadTable | Effects.TrapOther);
                break;
            case Opcode.TableSize:
                PushRuntime(new Node(opcode, ValueKind.I32) { Immediate = _code.Index }, Effects.ReadTable);
                break;
            case Opcode.TableGrow:
                Node count = Pop();
                PushRuntime(new Node(opcode, ValueKind.I32, Pop(), count) { Immediate = _code.Index }, Effects.Call);
                break;
            case Opcode.RefFunc: Push(new Node(opcode, ValueKind.FuncRef) { Immediate = _code.Index }); break;
            case Opcode.RefIsNull: Push(new Node(opcode, ValueKind.I32, Pop())); break;
            default: EmitRuntimeStatement(opcode); break;
        }
    }

    private void PushRuntime(Node node, Effects effects)
    {
        node.Effects |= effects;
        Push(node);
    }

    private void EmitRuntimeStatement(Opcode opcode)
    {
        (int operands, int[] indices) = opcode switch
        {
            Opcode.TableSet => (2, new[] { (int)_code.Index }),
            Opcode.MemoryInit => (3, [(int)_code.Index]),
            Opcode.DataDrop or Opcode.ElemDrop => (0, [(int)_code.Index]),
            Opcode.MemoryCopy or Opcode.MemoryFill => (3, []),
            Opcode.TableFill => (3, [(int)_code.Index]),
            Opcode.TableCopy => (3, [(int)_code.Index, (int)_code.SecondIndex]),
            Opcode.TableInit => (3, [(int)_code.SecondIndex, (int)_code.Index]),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not an instruction of the run time"),
        };
        Node[] arguments = Pop(operands);
        SettleBefore(arguments, Effects.Call);
        _il.Emit(OpCodes.Ldarg_0);
        foreach (Node argument in arguments) Emit(argument);
        foreach (int index in indices) _il.EmitInt(index);
        _il.Emit(OpCodes.Call, RuntimeMethods.Of(opcode));
        EmitReload();
    }
}
