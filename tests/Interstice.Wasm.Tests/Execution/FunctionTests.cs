using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

public sealed class FunctionTests
{
    private static readonly ValueKind[] AllKinds = [I32, I64, F32, F64, ValueKind.ExternRef];

    private static Instance Adding()
    {
        var module = new ModuleBuilder();
        module.Function("add", [I32, I32], [I32], new Code().Get(0).Get(1).Op(Opcode.I32Add));
        module.Function("two", [I64], [I64, F64], new Code().Get(0).Get(0).Op(Opcode.F64ConvertI64S));
        return module.Instantiate();
    }

    [Fact]
    public void A_bound_delegate_calls_the_guest_without_allocating()
    {
        using Instance instance = Adding();
        Func<int, int, int> add = instance.GetFunction("add").Bind<Func<int, int, int>>();
        add(40, 2).ShouldBe(42);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) add(i, i);
        GC.GetAllocatedBytesForCurrentThread().ShouldBe(before);
    }

    [Fact]
    public void A_delegate_of_another_type_is_refused()
    {
        using Instance instance = Adding();
        Should.Throw<ArgumentException>(() => instance.GetFunction("add").Bind<Func<int, int>>());
        Should.Throw<ArgumentException>(() => instance.GetFunction("add").Bind<Func<int, int, long>>());
        Should.Throw<ArgumentException>(() => instance.GetFunction("two").Bind<Action<long>>());
    }

    [Fact]
    public void Wrong_arguments_are_refused_before_the_guest_runs()
    {
        using Instance instance = Adding();
        Function add = instance.GetFunction("add");
        Should.Throw<ArgumentException>(() => add.Invoke(Value.FromI32(1)));
        Should.Throw<ArgumentException>(() => add.Invoke(Value.FromI32(1), Value.FromI64(2)));
    }

    [Fact]
    public void Several_results_come_back_in_order()
    {
        using Instance instance = Adding();
        instance.Call("two", Value.FromI64(7)).ShouldBe([Value.FromI64(7), Value.FromF64(7)]);
    }

    [Fact]
    public void A_host_function_receives_and_returns_every_kind()
    {
        object reference = new();
        var module = new ModuleBuilder();
        int host = module.ImportFunction("host", ModuleBuilder.Signature(AllKinds, [ValueKind.ExternRef]));
        module.Function("f", AllKinds, [ValueKind.ExternRef], new Code().Get(0).Get(1).Get(2).Get(3).Get(4).Call(host));
        var seen = new List<object>();
        Func<int, long, float, double, object, object> function = (a, b, c, d, e) =>
        {
            seen.AddRange([a, b, c, d]);
            return e;
        };
        using Instance instance = module.Instantiate(host: ("host", Function.FromDelegate(function)));
        instance.Call(
            "f", Value.FromI32(-1), Value.FromI64(2), Value.FromF32(3.5f), Value.FromF64(-4.5), Value.FromExtern(reference))[0]
            .AsExtern().ShouldBeSameAs(reference);
        seen.ShouldBe([-1, 2L, 3.5f, -4.5]);
    }

    [Fact]
    public void A_host_function_returns_several_results_as_a_tuple()
    {
        var module = new ModuleBuilder();
        int host = module.ImportFunction("host", ModuleBuilder.Signature([I32], [I32, I64, F64]));
        module.Function("f", [I32], [I32, I64, F64], new Code().Get(0).Call(host));
        Func<int, (int, long, double)> function = x => (x + 1, x + 2, x + 3);
        using Instance instance = module.Instantiate(host: ("host", Function.FromDelegate(function)));
        instance.Call("f", Value.FromI32(1)).ShouldBe([Value.FromI32(2), Value.FromI64(3), Value.FromF64(4)]);
    }

    [Fact]
    public void A_host_function_may_take_more_parameters_than_any_delegate_of_the_framework()
    {
        ValueKind[] parameters = [.. Enumerable.Repeat(I32, 20)];
        var type = ModuleBuilder.Signature(parameters, [I32]);
        var module = new ModuleBuilder().Table(1).Elements(0, 0);
        int host = module.ImportFunction("host", type);
        var pass = new Code();
        for (uint i = 0; i < 20; i++) pass.Get(i);
        module.Function("direct", parameters, [I32], new Code().Append(pass).Call(host));
        module.Function("indirect", parameters, [I32], new Code().Append(pass).I32(0).CallIndirect(module.Type(type)));
        Function sum = Function.FromCallback(
            type, arguments => [Value.FromI32(arguments.Select((value, i) => value.AsI32() * (i + 1)).Sum())]);
        using Instance instance = module.Instantiate(host: ("host", sum));
        int[] arguments = [.. Enumerable.Range(1, 20)];
        instance.CallI32("direct", arguments).ShouldBe(2870);
        instance.CallI32("indirect", arguments).ShouldBe(2870);
    }

    [Fact]
    public void Static_instance_and_combined_delegates_all_work()
    {
        var module = new ModuleBuilder();
        int first = module.ImportFunction("static", ModuleBuilder.Signature([I32], [I32]));
        int second = module.ImportFunction("custom", ModuleBuilder.Signature([I32], [I32]));
        int third = module.ImportFunction("combined", ModuleBuilder.Signature([I32], [I32]));
        module.Function("f", [I32], [I32], new Code().Get(0).Call(first).Call(second).Call(third));
        int calls = 0;
        Func<int, int> one = x => x + ++calls;
        using Instance instance = module.Instantiate(host:
        [
            ("static", Function.FromDelegate((Func<int, int>)Math.Abs)),
            ("custom", Function.FromDelegate((Converter<int, int>)Twice)),
            ("combined", Function.FromDelegate(one + one)),
        ]);
        instance.CallI32("f", -5).ShouldBe(12);
        calls.ShouldBe(2);
    }

    private static int Twice(int x) => 2 * x;

    [Fact]
    public void An_exception_of_the_host_passes_through_the_guest_unchanged()
    {
        var thrown = new InvalidOperationException("no");
        var module = new ModuleBuilder().Memory(1);
        int fail = module.ImportFunction("fail", ModuleBuilder.Signature([], []));
        int inner = module.Function(null, [], [], new Code().Call(fail));
        module.Function("f", [], [], new Code().Call(inner));
        module.Function("works", [], [I32], new Code().I32(1));
        using Instance instance = module.Instantiate(host: ("fail", Function.FromDelegate((Action)(() => throw thrown))));
        instance.CaptureImage();
        Should.Throw<InvalidOperationException>(() => instance.Call("f")).ShouldBeSameAs(thrown);
        instance.Reset();
        instance.CallDepthRemaining.ShouldBe(instance.Options.CallDepthMax);
        instance.CallI32("works").ShouldBe(1);
    }

    [Fact]
    public void A_delegate_over_a_type_that_WebAssembly_lacks_is_refused_with_its_name()
    {
        Should.Throw<ArgumentException>(() => Function.FromDelegate((Func<string, int>)(_ => 0)))
            .Message.ShouldContain("System.String");
    }

    [Fact]
    public void A_function_of_a_disposed_instance_says_so()
    {
        Instance instance = Adding();
        Function add = instance.GetFunction("add");
        Func<int, int, int> bound = add.Bind<Func<int, int, int>>();
        instance.Dispose();
        instance.Dispose();
        Should.Throw<ObjectDisposedException>(() => bound(1, 2));
        Should.Throw<ObjectDisposedException>(() => add.Invoke(Value.FromI32(1), Value.FromI32(2)));
    }
}
