namespace Platform.Sandbox;

/// <summary>A host folder or file made visible inside. A writable folder is handed over to the sandbox's user for the run.</summary>
public sealed record SandboxMount(string HostPath, string Path, bool Writable = false);
