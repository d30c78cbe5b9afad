using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Primitives;

public sealed class ObjectPrologueTests
{
    private static readonly ObjectPrologue Prologue = new(ObjectKind.Pack, new RepositoryId(5));

    private static byte[] Bytes
    {
        get
        {
            byte[] bytes = new byte[ObjectPrologue.SizeInBytes];
            Prologue.Write(bytes);
            return bytes;
        }
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
        => Assert.Equal("45424c41" + "01" + "01" + "0000" + "00000000000000000000000000000005", Convert.ToHexStringLower(Bytes));

    [Fact]
    public void Every_other_value_of_every_byte_is_refused()
    {
        Prologue.Check(Bytes);
        for (int i = 0; i < ObjectPrologue.SizeInBytes; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] bytes = Bytes;
                if (bytes[i] == value)
                {
                    continue;
                }
                bytes[i] = (byte)value;
                if (i == 5 && value > 1)
                {
                    _ = Assert.Throws<UnsupportedFormatException>(() => Prologue.Check(bytes));
                }
                else
                {
                    _ = Assert.Throws<CorruptDataException>(() => Prologue.Check(bytes));
                }
            }
        }
    }

    [Fact]
    public void A_short_object_is_refused()
    {
        for (int length = 0; length < ObjectPrologue.SizeInBytes; length++)
        {
            byte[] bytes = Bytes[..length];
            _ = Assert.Throws<CorruptDataException>(() => Prologue.Check(bytes));
        }
    }

    [Fact]
    public void A_foreign_object_is_named_as_such()
    {
        CorruptDataException error = Assert.Throws<CorruptDataException>(
            () => new ObjectPrologue(ObjectKind.Pack, new RepositoryId(6)).Check(Bytes));
        Assert.Contains("another repository", error.Message, StringComparison.Ordinal);
    }
}
