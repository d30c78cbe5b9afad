using System.Globalization;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class LocalMachineTests
{
    [Fact]
    public void Host_and_user_are_those_of_the_system_programs()
    {
        Assert.Equal(TestFolder.Name(TestFolder.Run("uname", "-n")), LocalMachine.HostName());
        Assert.Equal(TestFolder.Run("id", "-u"), LocalMachine.UserId().ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Owners_have_the_names_that_the_system_knows_and_back()
    {
        OwnerNames names = new();
        for (int round = 0; round < 2; round++) // The second is from memory.
        {
            Assert.Equal(TestFolder.Name("root"), names.UserName(0));
            Assert.Equal(TestFolder.Name("root"), names.GroupName(0));
            Assert.Equal(0u, names.UserId(TestFolder.Name("root")));
            Assert.Equal(0u, names.GroupId(TestFolder.Name("root")));
        }
        foreach (string line in TestFolder.Run("getent", "passwd").Split('\n'))
        {
            string[] fields = line.Split(':');
            Assert.Equal(
                uint.Parse(fields[2], CultureInfo.InvariantCulture), names.UserId(TestFolder.Name(fields[0])));
        }
        foreach (string line in TestFolder.Run("getent", "group").Split('\n'))
        {
            string[] fields = line.Split(':');
            uint id = uint.Parse(fields[2], CultureInfo.InvariantCulture);
            Assert.Equal(id, names.GroupId(TestFolder.Name(fields[0])));
            Assert.Equal(TestFolder.Name(TestFolder.Run("getent", "group", fields[2]).Split(':')[0]), names.GroupName(id));
        }
    }

    [Fact]
    public void Unknown_owners_have_no_name_and_unknown_names_no_owner()
    {
        OwnerNames names = new();
        const uint NobodyHasThis = 3_999_999_999;
        for (int round = 0; round < 2; round++)
        {
            Assert.True(names.UserName(NobodyHasThis).IsEmpty);
            Assert.True(names.GroupName(NobodyHasThis).IsEmpty);
            Assert.Null(names.UserId(new ByteName([0xFF, (byte)'x'])));
            Assert.Null(names.GroupId(TestFolder.Name("no such group")));
            Assert.Null(names.UserId(default));
            Assert.Null(names.UserId(TestFolder.Name("root\0x")));
        }
    }

    [Fact]
    public void The_limit_of_open_files_is_as_high_as_it_may_be()
    {
        long limit = OpenFileLimit.Raise();
        string[] line = File.ReadLines("/proc/self/limits").Single(text => text.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(line[4], line[3]);
        Assert.Equal(line[4], limit.ToString(CultureInfo.InvariantCulture));
    }
}
