using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Platform.Sandbox.Linux;

/// <summary>The system call filter as a classic BPF program (struct sock_filter[], see seccomp(2)). Calls that only an attack makes kill the process;
/// calls that runtimes try and do without answer an error.</summary>
internal sealed class SeccompFilter
{
    private const ushort LoadWord = 0x20, JumpEqual = 0x15, JumpGreaterOrEqual = 0x35, JumpAnyBit = 0x45, Return = 0x06;
    private const uint Allow = 0x7FFF0000, Kill = 0x80000000, Errno = 0x00050000;
    private const uint NotPermitted = Errno | 1, NoSuchCall = Errno | 38, NoSuchFamily = Errno | 97;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgument = 16, SecondArgument = 24;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    private const uint NewNamespaces = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
    private const uint PushInput = 0x5412, ConsoleControl = 0x541C; // TIOCSTI, TIOCLINUX

    // AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. Others are refused: AF_VSOCK reaches the hypervisor past every network namespace, the rest is attack surface.
    private static readonly uint[] SocketFamilies = [1, 2, 10, 16];

    private readonly List<(ushort Code, byte True, byte False, uint Value)> _program = [];

    private SeccompFilter(SystemCallTable calls, bool limitAnonymousMemory)
    {
        Add(LoadWord, ArchitectureOffset);
        Add(JumpEqual, calls.AuditArchitecture, 1, 0);
        Add(Return, Kill);
        Add(LoadWord, NumberOffset);
        if (calls.ForeignNumbers is { } foreign)
            When(JumpGreaterOrEqual, foreign, Kill);

        foreach (var number in calls.Killed)
            When(JumpEqual, number, Kill);
        foreach (var number in calls.NotPermitted)
            When(JumpEqual, number, NotPermitted);
        foreach (var number in calls.NoSuchCall.Concat(limitAnonymousMemory ? calls.AnonymousMemory : []))
            When(JumpEqual, number, NoSuchCall);

        OnArgument(calls.Clone, FirstArgument, [(JumpAnyBit, NewNamespaces, NotPermitted)], Allow);
        OnArgument(calls.Ioctl, SecondArgument, [(JumpEqual, PushInput, NotPermitted), (JumpEqual, ConsoleControl, NotPermitted)], Allow);
        OnArgument(calls.Socket, FirstArgument, [.. SocketFamilies.Select(family => (JumpEqual, family, Allow))], NoSuchFamily);
        Add(Return, Allow);
    }

    /// <summary>The program for this machine, or null on an architecture without a table. <paramref name="limitAnonymousMemory"/> also refuses memory
    /// that no process's size shows (memfd, System V), for hosts without a memory cgroup.</summary>
    public static byte[]? Assemble(bool limitAnonymousMemory) =>
        SystemCallTable.For(RuntimeInformation.ProcessArchitecture) is { } calls ? new SeccompFilter(calls, limitAnonymousMemory).Bytes() : null;

    public static string Name => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "seccomp x86-64",
        Architecture.Arm64 => "seccomp arm64",
        _ => "none",
    };

    private void Add(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0) => _program.Add((code, whenTrue, whenFalse, value));

    private void When(ushort jump, uint value, uint action)
    {
        Add(jump, value, 0, 1);
        Add(Return, action);
    }

    private void OnArgument(uint call, uint offset, (ushort Jump, uint Value, uint Action)[] rules, uint otherwise)
    {
        Add(JumpEqual, call, 0, (byte)((2 * rules.Length) + 2));
        Add(LoadWord, offset);
        foreach (var (jump, value, action) in rules)
            When(jump, value, action);
        Add(Return, otherwise);
    }

    private byte[] Bytes()
    {
        var bytes = new byte[_program.Count * 8];
        for (var i = 0; i < _program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8, 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, _program[i].Code);
            at[2] = _program[i].True;
            at[3] = _program[i].False;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], _program[i].Value);
        }
        return bytes;
    }
}
