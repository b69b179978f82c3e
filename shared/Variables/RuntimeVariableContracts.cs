namespace Platform.Variables;

/// <summary>A variable for run time as a caller wishes it.</summary>
public sealed record RuntimeVariableDraft(string Key, string Value)
{
    public required VariableTargets Targets { get; init; }

    public required VariableScopes Scopes { get; init; }

    /// <summary>Its value is never shown again.</summary>
    public required bool Sensitive { get; init; }

    public string? Description { get; init; }
}

/// <summary>What setting variables led to: each as it stands, and whether one of them is new.</summary>
public sealed record RuntimeVariablesSet(IReadOnlyList<VariableReading> Variables, bool AnyCreated);

/// <summary>Which variables a list shows.</summary>
public sealed record RuntimeVariableFilter
{
    /// <summary>Null: those of all projects that the caller reaches.</summary>
    public Guid? ProjectId { get; init; }

    public VariableTargets Targets { get; init; }

    public VariableScopes Scopes { get; init; }

    /// <summary>Those for tests count among the scopes asked for; without any scope they are shown, too.</summary>
    public bool Tests { get; init; }

    /// <summary>A part of the key, without regard to case.</summary>
    public string? Search { get; init; }
}
