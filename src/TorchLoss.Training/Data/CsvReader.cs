using System.Text;

namespace TorchLoss.Training;

/// <summary>
/// Reads records of comma-separated values as RFC 4180 has them: quoted fields may hold separators, line breaks and doubled
/// quotes. Everything that is not such a file is refused with its line.
/// </summary>
internal sealed class CsvReader(TextReader reader, string source, CsvLimits limits)
{
    readonly char[] _buffer = new char[1 << 16];
    readonly StringBuilder _field = new();
    readonly List<string> _record = [];
    int _position;
    int _length;
    int _line = 1;
    char _separator = ',';

    /// <summary>The line on which the record read last begins.</summary>
    public int RecordLine { get; private set; }

    /// <summary>The next record that is not a blank line, or null at the end. The list is used again by the next call.</summary>
    public IReadOnlyList<string>? Read()
    {
        while (Peek() is '\n' or '\r')
            LineBreak();
        if (Peek() < 0)
            return null;
        RecordLine = _line;
        _record.Clear();
        do _record.Add(Field());
        while (Separator());
        return _record;
    }

    /// <summary>Takes the separator that the first line uses most: comma, semicolon or tab.</summary>
    public void DetectSeparator()
    {
        Peek();
        var text = _buffer.AsSpan(_position, _length - _position);
        var end = text.IndexOfAny('\n', '\r');
        var first = end < 0 ? text : text[..end];
        foreach (var candidate in new[] { ';', '\t' })
        {
            if (first.Count(candidate) > first.Count(_separator))
                _separator = candidate;
        }
    }

    public DataFileException Error(int line, string reason) => new(source, line, reason);

    bool Separator()
    {
        if (_record.Count > limits.MaxColumns)
            throw Error(_line, $"more than {limits.MaxColumns} columns");
        if (Peek() == _separator)
        {
            _position++;
            return true;
        }
        if (Peek() >= 0)
            LineBreak();
        return false;
    }

    string Field()
    {
        _field.Clear();
        return Peek() == '"' ? Quoted() : Plain();
    }

    string Plain()
    {
        for (var c = Peek(); c >= 0 && c != _separator && c is not ('\n' or '\r'); c = Peek())
            Append(c);
        return _field.ToString();
    }

    string Quoted()
    {
        var start = _line;
        _position++;
        while (true)
        {
            var c = Peek();
            if (c < 0)
                throw Error(start, "a quoted field begins here and never ends");
            if (c == '"' && Closes())
                break;
            if (c is '\n' or '\r')
                KeepLineBreak();
            else
                Append(c);
        }
        var next = Peek();
        if (next >= 0 && next != _separator && next is not ('\n' or '\r'))
            throw Error(_line, $"'{(char)next}' after a closing quote");
        return _field.ToString();
    }

    /// <summary>Steps over a quote: the end of the field, or the first of two that stand for one.</summary>
    bool Closes()
    {
        _position++;
        return Peek() != '"';
    }

    void KeepLineBreak()
    {
        _field.Append('\n');
        LineBreak();
        CheckLength();
    }

    void LineBreak()
    {
        var first = _buffer[_position++];
        if (first == '\r' && Peek() == '\n')
            _position++;
        _line++;
    }

    void Append(int c)
    {
        if (c < ' ' && c != '\t' || c == 0x7f || c == 0xfffd)
            throw Error(_line, $"character U+{c:X4} does not belong in a text file; is this really CSV?");
        _field.Append((char)c);
        _position++;
        CheckLength();
    }

    void CheckLength()
    {
        if (_field.Length > limits.MaxField)
            throw Error(_line, $"a field of more than {limits.MaxField} characters");
    }

    int Peek()
    {
        if (_position == _length)
        {
            _position = 0;
            _length = Fill();
        }
        return _length == 0 ? -1 : _buffer[_position];
    }

    int Fill()
    {
        try
        {
            return reader.Read(_buffer, 0, _buffer.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFileException(source, _line, "bytes that are not UTF-8 text; is this really CSV?", e);
        }
        catch (InvalidDataException e)
        {
            throw new DataFileException(source, _line, "the compressed data are damaged", e);
        }
    }
}
