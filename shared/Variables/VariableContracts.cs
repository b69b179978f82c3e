namespace Platform.Variables;

/// <summary>A new variable: a value, or a file.</summary>
public sealed record VariableDraft(string Key, VariableType Type, string? Value, string? Description, VariableFile? File = null);

/// <summary>An uploaded file. <paramref name="Content"/> is valid as long as the request.</summary>
public sealed record VariableFile(string Name, string MimeType, ReadOnlyMemory<byte> Content);

/// <summary>What to change of a variable; null leaves as it is.</summary>
public sealed record VariableChange
{
    public string? Key { get; init; }

    public string? Value { get; init; }

    public VariableType? Type { get; init; }

    /// <summary>Empty clears it.</summary>
    public string? Description { get; init; }

    public VariableFile? File { get; init; }

    /// <summary>The version that the change was made from; another one refuses it.</summary>
    public long? Version { get; init; }
}

/// <summary>A variable with its value in clear, as far as the reader asked for one and may see it.</summary>
public sealed record VariableReading(Variable Variable, string? Value);

/// <summary>A file variable and its bytes; the reader disposes the stream.</summary>
public sealed record VariableContent(Variable Variable, Stream Stream);
