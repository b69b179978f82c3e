using System.ComponentModel.DataAnnotations;

namespace Platform.Variables;

/// <summary>Section <c>Variables</c>.</summary>
public sealed class VariableOptions
{
    public const string Section = "Variables";

    /// <summary>Variables for tests that a project can have.</summary>
    [Range(1, 10_000)]
    public int MaxPerProject { get; init; } = 200;

    /// <summary>Variables for builds and functions that a project can have.</summary>
    [Range(1, 10_000)]
    public int MaxRuntimePerProject { get; init; } = 500;
}
