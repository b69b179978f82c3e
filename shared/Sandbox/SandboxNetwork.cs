namespace Platform.Sandbox;

/// <summary>What a run may reach over the network.</summary>
public enum SandboxNetwork
{
    /// <summary>Nothing but its own loopback.</summary>
    None,

    /// <summary>Public addresses; refused by the bubblewrap sandbox.</summary>
    Internet,
}
