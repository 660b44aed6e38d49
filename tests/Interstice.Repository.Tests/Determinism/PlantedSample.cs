using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Interstice.Repository.Tests.Determinism;

/// <summary>Code that breaks the rules, for the test that the rules find it. Never called.</summary>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Instance members are scanned as well.")]
[SuppressMessage("Globalization", "CA1304:Specify CultureInfo", Justification = "What the rules must find.")]
[SuppressMessage("Globalization", "CA1311:Specify a culture", Justification = "What the rules must find.")]
internal sealed class PlantedSample
{
    internal Thread? Worker { get; set; }

    internal long Clock() => DateTime.UtcNow.Ticks;

    internal string Culture(string text) => text.ToUpper() + CultureInfo.CurrentCulture.Name;

    internal Func<Guid> Hidden() => () => Guid.NewGuid();

    internal async Task Waiting() => await Task.Delay(1);

    internal bool Files(string path) => File.Exists(path);

    internal int Hash(int value) => HashCode.Combine(value, 1);

    public override int GetHashCode() => HashCode.Combine(1, 2);

    internal string Fine(string text) => text.ToUpperInvariant() + text.IndexOf('x') + DateTime.UnixEpoch.Ticks;
}
