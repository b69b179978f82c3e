using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Platform.Sandbox.Linux;

/// <summary>posix_spawn with our descriptor map, default signal handling and a session of its own. .NET's Process class would reap the child itself and lose its usage.</summary>
internal static unsafe class ProcessStarter
{
    private const short SetSigDef = 0x04, SetSigMask = 0x08, SetSid = 0x80;
    private const int StructSize = 1024; // larger than any of the C library's spawn structures and sigset_t

    private static readonly bool HasCloseFrom =
        NativeLibrary.TryLoad("libc", typeof(Libc).Assembly, null, out var libc) && NativeLibrary.TryGetExport(libc, "posix_spawn_file_actions_addclosefrom_np", out _);

    /// <summary>The process id of the started program.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static int Start(Launch launch)
    {
        var actions = NativeMemory.AllocZeroed(StructSize);
        var attributes = NativeMemory.AllocZeroed(StructSize);
        using var arguments = new StringVector([launch.Path, .. launch.Arguments]);
        using var environment = new StringVector(launch.Environment);
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        try
        {
            MapDescriptors(actions, launch);
            SetSignals(attributes);
            int pid;
            var error = Libc.posix_spawn(&pid, launch.Path, actions, attributes, arguments.Pointer, environment.Pointer);
            return error == 0 ? pid : throw new Win32Exception(error);
        }
        finally
        {
            _ = Libc.posix_spawnattr_destroy(attributes);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(actions);
        }
    }

    private static void MapDescriptors(void* actions, Launch launch)
    {
        for (var i = 0; i < launch.Child.Count; i++)
            _ = Libc.posix_spawn_file_actions_adddup2(actions, launch.Child[i].Number, i);
        if (HasCloseFrom)
            _ = Libc.posix_spawn_file_actions_addclosefrom_np(actions, launch.Child.Count);
        if (launch.WorkingDirectory is { } directory)
            _ = Libc.posix_spawn_file_actions_addchdir_np(actions, directory);
    }

    // The runtime ignores SIGPIPE and blocks some signals; a child would inherit both.
    private static void SetSignals(void* attributes)
    {
        var set = stackalloc byte[StructSize];
        _ = Libc.sigemptyset(set);
        _ = Libc.posix_spawnattr_setsigmask(attributes, set);
        _ = Libc.sigfillset(set);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, set);
        _ = Libc.posix_spawnattr_setflags(attributes, SetSigDef | SetSigMask | SetSid);
    }

    private readonly struct StringVector : IDisposable
    {
        private readonly byte* _block;

        public StringVector(IReadOnlyList<string> strings)
        {
            var pointers = (nuint)(strings.Count + 1) * (nuint)sizeof(byte*);
            var size = pointers + (nuint)strings.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
            _block = (byte*)NativeMemory.AllocZeroed(size);
            var at = _block + pointers;
            for (var i = 0; i < strings.Count; i++)
            {
                Pointer[i] = at;
                var length = Encoding.UTF8.GetByteCount(strings[i]);
                Encoding.UTF8.GetBytes(strings[i], new Span<byte>(at, length));
                at += length + 1;
            }
        }

        public byte** Pointer => (byte**)_block;

        public void Dispose() => NativeMemory.Free(_block);
    }
}
