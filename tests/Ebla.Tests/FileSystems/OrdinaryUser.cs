using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Ebla.FileSystems;
using Xunit;

namespace Ebla.Tests.FileSystems;

/// <summary>Runs a test without root's rights.</summary>
internal static partial class OrdinaryUser
{
    public const uint Id = 65534;

    /// <summary>Runs <paramref name="action"/> as an ordinary user: at once if we are one, else on a thread that becomes one.</summary>
    /// <remarks>
    /// To the kernel each thread has ids of its own; it is the C library that keeps those of a process together, and the bare system
    /// call goes round it. The thread ends with the action, so the rights are not missed by anyone else.
    /// </remarks>
    public static void Run(Action action)
    {
        if (LocalMachine.UserId() != 0)
        {
            action();
            return;
        }
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                bool isArm = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;
                nint id = (nint)Id;
                Assert.Equal(0, SystemCall(isArm ? 159 : 116, 0, 0, 0)); // setgroups
                Assert.Equal(0, SystemCall(isArm ? 149 : 119, id, id, id)); // setresgid
                Assert.Equal(0, SystemCall(isArm ? 147 : 117, id, id, id)); // setresuid
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
