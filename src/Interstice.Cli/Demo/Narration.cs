using System.Globalization;
using Interstice.Cli.Output;
using Spectre.Console;

namespace Interstice.Cli.Demo;

/// <summary>Tells people what the demonstration does; says nothing when the output is for programs.</summary>
/// <param name="session">Where to.</param>
internal sealed class Narration(Session session)
{
    private const int NameLength = 40;

    private int _step;

    /// <summary>Begins a step.</summary>
    public void Step(string title)
    {
        if (!session.IsText) return;
        _step++;
        session.Progress.Clear();
        session.Output.WriteLine();
        string heading = $"{_step}. {title}";
        if (session.Output.IsTerminal)
            session.Output.Ansi.MarkupLine($"[bold deepskyblue1]{Markup.Escape(heading)}[/]");
        else session.Output.WriteLine(heading);
        session.Output.Flush();
    }

    /// <summary>Says something.</summary>
    public void Say(string text)
    {
        if (!session.IsText) return;
        session.Progress.Clear();
        session.Output.WriteLine("   " + text);
        session.Output.Flush();
    }

    /// <summary>Says something that has a name.</summary>
    public void Fact(string name, object value) =>
        Say(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(NameLength)}{value}"));

    /// <summary>Shows a table.</summary>
    public void Show(TextTable table)
    {
        if (session.IsText) table.Write(session.Output);
    }

    /// <summary>Says how it ended.</summary>
    public void Verdict(bool isGood, string text)
    {
        if (!session.IsText) return;
        session.Output.WriteLine();
        string word = isGood ? "PASS" : "FAIL";
        if (session.Output.IsTerminal)
        {
            string style = isGood ? "bold black on green" : "bold white on red";
            session.Output.Ansi.MarkupLine($"[{style}] {word} [/] {Markup.Escape(text)}");
        }
        else
        {
            session.Output.WriteLine($"{word}: {text}");
        }

        session.Output.Flush();
    }
}
