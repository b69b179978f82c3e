namespace Platform.Identity;

/// <summary>A value that was given, perhaps as null.</summary>
public sealed record Given<T>(T Value);

/// <summary>What a user changes of himself; null leaves a member as it is. Of valid form.</summary>
public sealed record ProfileChange
{
    public string? Username { get; init; }

    public string? Email { get; init; }

    public string? DisplayName { get; init; }

    public Given<string?>? FirstName { get; init; }

    public Given<string?>? LastName { get; init; }

    public Given<string?>? AvatarUrl { get; init; }
}
