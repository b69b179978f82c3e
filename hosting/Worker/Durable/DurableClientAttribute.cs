using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Binds a durable task client.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>The task hub; the embedded host has one and ignores it.</summary>
    public string? TaskHub { get; set; }

    /// <summary>The connection; the embedded host has one store and ignores it.</summary>
    public string? ConnectionName { get; set; }
}
