using Platform.Data;

namespace Platform.Identity;

/// <summary>A row that a transaction updates so that others, on any node, wait for its end. The rows are made by migrations.</summary>
[PlatformScoped]
public sealed class PlatformLock
{
    /// <summary>Held by whatever changes who is an operator, or whether one may sign in.</summary>
    public const string Operators = "operators";

    public required string Name { get; init; }

    public long Taken { get; private set; }
}
