using System.ComponentModel.DataAnnotations;

namespace Platform.Executions;

/// <summary>What one run of a script is given, and what it may use.</summary>
public abstract record RunRequest : IValidatableObject
{
    /// <summary>Standard input; without it the script reads an empty one.</summary>
    [StringLength(ExecutionInputRules.MaxText)]
    public string? Stdin { get; init; }

    [MaxLength(ExecutionInputRules.MaxArgs)]
    public IReadOnlyList<string>? Args { get; init; }

    [MaxLength(ExecutionInputRules.MaxEnv)]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Files laid beside the script.</summary>
    [MaxLength(ExecutionInputRules.MaxFiles)]
    public IReadOnlyList<InputFile>? Files { get; init; }

    /// <summary>Wall time in seconds, at most the platform's limit.</summary>
    [Range(1, 3600)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Memory in MiB, at most the platform's limit.</summary>
    [Range(16, 4096)]
    public int? MemoryMb { get; init; }

    /// <summary>Anything above <c>normal</c> is for operators.</summary>
    public ExecutionPriority Priority { get; init; } = ExecutionPriority.Normal;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ExecutionInputRules.Check(Args, Env, Files);
}
