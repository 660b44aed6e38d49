using Mono.Cecil;

namespace Interstice.Repository.Tests.Determinism;

public sealed class DeterminismTests
{
    // Goal: the same inputs give the same bytes on every machine and at every time. Method: read the compiled code, which shows what
    // source hides behind aliases, usings and the compiler's own calls.
    [Fact]
    public void Kernel_and_wasm_see_no_clock_random_source_file_culture_or_thread()
    {
        var needed = new HashSet<DeterminismException>();
        var violations = new List<string>();
        foreach (string name in (string[])["Interstice.Kernel", "Interstice.Wasm"])
        {
            using AssemblyDefinition assembly = ProductAssemblies.Read(name);
            MemberUse[] uses = [.. MemberUse.Scan(assembly)];
            uses.Length.ShouldBeGreaterThan(1000);
            violations.AddRange(DeterminismRules.Violations(uses, DeterminismRules.Exceptions, needed)
                .Select(use => $"{use.User} uses {use.Used}"));
        }

        violations.Distinct().ShouldBeEmpty();
        DeterminismRules.Exceptions.Where(exception => !needed.Contains(exception)).ShouldBeEmpty("these exceptions are not needed any more");
    }

    [Fact]
    public void Kernel_and_wasm_call_no_other_function_of_the_operating_system_than_the_listed_ones()
    {
        var called = new List<string>();
        foreach (string name in (string[])["Interstice.Kernel", "Interstice.Wasm"])
        {
            using AssemblyDefinition assembly = ProductAssemblies.Read(name);
            called.AddRange(assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasPInvokeInfo)
                .Select(method => $"{method.PInvokeInfo.Module.Name}!{method.PInvokeInfo.EntryPoint}"));
        }

        called.Distinct().ShouldBe(DeterminismRules.NativeFunctions, ignoreOrder: true);
    }

    [Fact]
    public void Planted_code_that_breaks_the_rules_is_found()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(PlantedSample).Assembly.Location);
        string[] found = [.. DeterminismRules.Violations(Planted(assembly), [], new HashSet<DeterminismException>())
            .Select(use => use.Used).Distinct()];
        found.ShouldBe(
        [
            "System.Threading.Thread", "System.DateTime::get_UtcNow", "System.String::ToUpper",
            "System.Globalization.CultureInfo::get_CurrentCulture", "System.IO.File::Exists", "System.Guid::NewGuid",
            "System.Threading.Tasks.Task::Delay", "System.HashCode::Combine",
        ], ignoreOrder: true);
    }

    [Fact]
    public void An_exception_covers_its_own_type_and_member_alone()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(PlantedSample).Assembly.Location);
        var clock = new DeterminismException(typeof(PlantedSample).FullName!, "System.DateTime::get_UtcNow", "test");
        var elsewhere = new DeterminismException("Interstice.Elsewhere", "System.Guid::NewGuid", "test");
        var needed = new HashSet<DeterminismException>();
        string[] found = [.. DeterminismRules.Violations(Planted(assembly), [clock, elsewhere], needed).Select(use => use.Used)];
        found.ShouldNotContain("System.DateTime::get_UtcNow");
        found.ShouldContain("System.Guid::NewGuid");
        needed.ShouldBe([clock]);
    }

    private static IEnumerable<MemberUse> Planted(AssemblyDefinition assembly) => MemberUse.Scan(assembly)
        .Where(use => use.User.StartsWith(typeof(PlantedSample).FullName + "::", StringComparison.Ordinal));
}
