namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Options of one signal: the earliest time of its delivery, any distance ahead.</summary>
public record SignalEntityOptions
{
    public DateTimeOffset? SignalTime { get; init; }

    /// <summary>Options for true, none for false and null.</summary>
    public static implicit operator SignalEntityOptions?(bool? value) => value == true ? new() : null;

    public static implicit operator SignalEntityOptions(DateTimeOffset value) => new() { SignalTime = value };
}
