using System.ComponentModel.DataAnnotations;

namespace Platform.UserFunctions;

/// <summary>Section <c>Functions</c>.</summary>
public sealed class FunctionOptions
{
    public const string Section = "Functions";

    /// <summary>Functions that a project can have.</summary>
    [Range(1, 10_000)]
    public int MaxPerProject { get; init; } = 100;

    /// <summary>Versions of a function that are kept besides the active one.</summary>
    [Range(1, 1000)]
    public int MaxVersions { get; init; } = 50;

    /// <summary>Workers of all functions in this process.</summary>
    [Range(1, 1000)]
    public int MaxWorkers { get; init; } = 64;

    /// <summary>Share of the host's memory for sandboxes that workers may hold.</summary>
    [Range(0.05, 1)]
    public double MemoryShare { get; init; } = 0.7;

    /// <summary>Invocations of a function that wait for a worker; more are refused.</summary>
    [Range(0, 10_000)]
    public int MaxQueued { get; init; } = 100;

    /// <summary>Longest wait for a worker.</summary>
    [Range(1, 60)]
    public int QueueSeconds { get; init; } = 5;

    /// <summary>Longest time from the start of a worker until its code is loaded.</summary>
    [Range(1, 60)]
    public int InitSeconds { get; init; } = 10;

    /// <summary>Invocations after which a worker is replaced.</summary>
    [Range(1, 1_000_000)]
    public int InvocationsPerWorker { get; init; } = 1000;

    /// <summary>Days that invocations with their log lines are kept.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; init; } = 14;

    /// <summary>CPU cores that one worker may use.</summary>
    [Range(0.1, 64)]
    public double CpuCores { get; init; } = 1;

    /// <summary>Registry that <c>npm</c> installs from when functions are packaged; null: npm's own.</summary>
    [Url]
    public string? NpmRegistry { get; init; }

    /// <summary>Index that <c>pip</c> installs from when functions are packaged; null: PyPI.</summary>
    [Url]
    public string? PipIndex { get; init; }
}
