namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Options of one signal: the earliest time of its delivery, any distance ahead.</summary>
public record SignalEntityOptions
{
    public DateTimeOffset? SignalTime { get; init; }

    public static implicit operator SignalEntityOptions(DateTimeOffset value) => new() { SignalTime = value };
}
