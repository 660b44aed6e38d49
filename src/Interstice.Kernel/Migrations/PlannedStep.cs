namespace Interstice.Kernel.Migrations;

/// <summary>A step that a publication would take.</summary>
/// <param name="Step">The step.</param>
/// <param name="Sentence">What it does.</param>
/// <param name="Declared">The declared migration that it belongs to; null for a step that the host takes by itself.</param>
public sealed record PlannedStep(MigrationStep Step, string Sentence, MigrationStep.Migration? Declared);
