agency_code_invalid = Mã định danh cơ quan không đúng dạng của Quyết định 20/2020/QĐ-TTg (ví dụ H37.02.02).
agency_code_taken = Đã có cơ quan mang mã định danh này.
agency_seal_missing = Cơ quan chưa có khóa ký số của cơ quan đang dùng; quản trị viên cần nạp khóa.
appointment_not_in_force = Chức vụ được chọn không còn hoặc chưa có hiệu lực hôm nay.
appointment_not_yours = Chức vụ ký không phải của người đang đăng nhập.
appointment_of_a_seal = Ký số của cơ quan không theo chức vụ; hãy bỏ trường này.
archive_key_missing = Lưu trữ cơ quan chưa có khóa ký biên nhận đang dùng.
body_too_large = Nội dung yêu cầu lớn hơn mức cho phép.
certificate_not_registered = Chứng thư số này chưa được đăng ký cho người hoặc cơ quan ký. Quản trị viên đăng ký tại danh mục khóa.
certificate_or_key = Cần đúng một trong hai: chứng thư số, hoặc mã đăng ký của chứng thư.
changed_meanwhile = Dữ liệu đã thay đổi sau lần đọc gần nhất; hãy tải lại rồi thử lại.
characters_not_allowed = Chỉ được dùng các ký tự: { $why }.
components_too_many = Một văn bản có nhiều nhất { $limit } thành phần.
config_wrong = Thiết lập { $name } không dùng được: { $why }.
cursor_invalid = Con trỏ trang không hợp lệ; hãy dùng next_cursor của trang trước.
data_in_use = Thư mục dữ liệu đang được tiến trình khác sử dụng: { $why }.
database_unreachable = Không kết nối được cơ sở dữ liệu: { $why }.
demo_exists = Đã có dữ liệu trình diễn tại { $path }; hãy chọn thư mục khác bằng --data.
demo_stopped = Trình diễn dừng lại: { $why }.
document_is_no_pdf = Phiên bản hiện tại không phải PDF; hãy tải lên bản PDF của dự thảo.
document_not_final = Chỉ đưa vào hồ sơ văn bản đã phát hành hoặc văn bản đến đã đăng ký.
document_not_numbered = Văn bản chưa được cấp số.
document_not_signable = Không ký được văn bản này: { $why }.
document_type_unknown = Loại văn bản không có trong bộ quy tắc đang dùng.
dossier_closed = Hồ sơ đã kết thúc, không thay đổi được nữa.
dossier_empty = Hồ sơ chưa có văn bản nào nên không kết thúc được.
dossier_exists = Mục này của danh mục đã có hồ sơ.
dossier_not_closed = Chỉ nộp lưu hồ sơ đã kết thúc.
draft_not_placeable = Không tìm được vị trí số, ngày, chữ ký trên dự thảo: { $why }.
draft_not_preparable = Không chuẩn bị được dự thảo để ký: { $why }.
draft_unreadable = Không đọc được dự thảo: { $why }.
field_invalid = Giá trị không hợp lệ: { $why }.
field_missing = Thiếu trường bắt buộc này.
field_not_fillable = Không điền được trường đã chuẩn bị: { $why }.
field_unknown = Không có trường này; các trường được biết: { $why }.
file_empty = Tệp không có nội dung.
file_exists = Đã có tệp hoặc thư mục cùng tên: { $why }. Hãy chọn thư mục khác.
file_plan_entry_exists = Danh mục năm này đã có mục mang số và ký hiệu đó.
file_too_large = Tệp lớn hơn mức cho phép.
first_number_below_one = Số đầu tiên của sổ phải từ 1 trở lên.
idempotency_key_missing = Yêu cầu này phải có tiêu đề Idempotency-Key.
idempotency_key_reused = Idempotency-Key này đã dùng cho một nội dung khác.
idempotency_key_running = Yêu cầu cùng Idempotency-Key đang được xử lý; hãy thử lại sau giây lát.
if_match_missing = Thay đổi này cần tiêu đề If-Match với ETag đã đọc.
illegal_transition = Không thể thực hiện việc này ở trạng thái hiện tại ({ $state ->
        [draft] dự thảo
        [prepared] đã chuẩn bị ký
        [signed] đã ký
        [numbered] đã cấp số
        [sealed] đã ký số cơ quan
        [issued] đã phát hành
        [voided] đã hủy
        [received] đã tiếp nhận
        [registered] đã đăng ký
       *[other] không rõ
    }).
image_is_no_png = Hình ảnh phải là tệp PNG.
internal_error = Hệ thống gặp lỗi; sự việc đã được ghi lại. Hãy thử lại, nếu vẫn lỗi hãy báo quản trị viên kèm mã yêu cầu.
json_malformed = Nội dung không phải JSON đúng cú pháp (dòng:cột { $why }).
kept_bytes = Dữ liệu lưu giữ bị hỏng hoặc mất.
key_is_held_here = Khóa này do hệ thống giữ: hãy ký trực tiếp bằng khóa đó.
key_lies_elsewhere = Hệ thống chỉ đăng ký chứng thư số của khóa này; hãy ký bằng phiên ký.
key_must_be_held_here = Khóa dùng cho việc này phải do hệ thống giữ.
key_not_yours = Khóa này không dùng được cho việc ký này.
key_person_mismatch = Khóa cá nhân phải ghi rõ người sở hữu; khóa khác thì không.
level_reached = Mọi chữ ký trên văn bản đã đạt mức này.
document_handed_over = Văn bản đã được nộp lưu trong hồ sơ { $dossier } nên không được thay đổi nữa.
key_unreachable = Không kết nối được thiết bị hoặc dịch vụ giữ khóa. Chưa ký gì; hãy thử lại.
key_refused = Thiết bị hoặc dịch vụ giữ khóa từ chối, hoặc không thuộc danh sách được phép dùng. Chưa ký gì.
key_answer_wrong = Nơi giữ khóa trả về giá trị không phải chữ ký bằng khóa của chứng thư. Chưa ký gì.
key_secret_wrong = Mã bí mật không mở được khóa ở nơi lưu giữ. Chưa ký gì; thử lại nhiều lần có thể khóa thiết bị.
key_location_wrong = Không xác định được nơi lưu giữ khóa: { $why }
key_place_ambiguous = Khóa hoặc được gửi bằng tệp, hoặc được nêu theo nơi lưu giữ (kèm cách truy cập và chứng thư khi cần).
certificates_unreadable = Không đọc được các chứng thư số này.
limit_out_of_range = Giới hạn phải từ 1 đến 200.
link_of_nobody = Người được cấp địa chỉ này không còn quyền thực hiện.
list_length = Danh sách có quá ít hoặc quá nhiều mục; cần { $why }.
log_empty = Nhật ký chưa có mục nào được ký xác nhận.
login_refused = Tên đăng nhập hoặc mật khẩu không đúng.
login_taken = Tên đăng nhập đã được dùng.
login_too_often = Đăng nhập sai quá nhiều lần; hãy thử lại sau một phút.
not_found = Không tìm thấy { $what ->
        [account] tài khoản
        [appointment] quyết định bổ nhiệm
        [checkpoint] mốc nhật ký
        [client] hệ thống
        [document] văn bản
        [dossier] hồ sơ
        [entry] mục của danh mục hồ sơ
        [event] sự kiện
        [key] khóa ký
        [page] trang
        [person] người
        [register] sổ đăng ký
        [signing_session] phiên ký
        [transfer] lần nộp lưu
        [unit] đơn vị
        [version] phiên bản
       *[other] mục này
    }.
not_acceptable = Không có dạng trả lời nào nằm trong các dạng được yêu cầu (Accept).
number_out_of_range = Số nằm ngoài khoảng cho phép; cần { $why }.
overloaded = Hệ thống đang quá tải; hãy thử lại sau giây lát.
package_bad = Gói tin không đạt kiểm tra: { $why }.
package_changed = Gói tin đang lưu đã bị thay đổi: { $why }. Hãy chạy audit fsck và phục hồi từ bản sao.
package_kind = Không phải thư mục gói tin hay tệp ZIP: { $why }.
package_limit = Gói tin vượt giới hạn: { $why }.
package_not_buildable = Không tạo được gói tin: { $why }.
package_not_written = Không ghi được gói tin: { $why }.
package_unknown = Không có gói tin này: { $why }.
package_unreadable = Không đọc được gói tin: { $why }.
package_unsafe = Tệp ZIP không an toàn: { $why }.
password_change_required = Phải đổi mật khẩu trước khi làm việc khác.
password_too_weak = Mật khẩu mới phải có ít nhất 12 ký tự và khác mật khẩu cũ.
people_only = Chỉ người dùng mới làm được việc này, hệ thống khác thì không.
period_ends_before_it_begins = Ngày kết thúc trước ngày bắt đầu.
permission_missing = Người gọi không có quyền làm việc này (cần quyền { $permission ->
        [read] xem văn bản và hồ sơ
        [draft] soạn thảo
        [sign] ký
        [register] văn thư
        [file] lập hồ sơ
        [archive] lưu trữ
        [inspect] kiểm tra nhật ký
        [administer] quản trị
        [read_people] xem nhân sự
       *[other] khác
    }).
printed_period_differs = Văn bản in sẵn thời gian { $printed } nhưng hôm nay là { $today }. Hãy đưa bản dự thảo đã sửa vào và trình ký lại.
proof_does_not_hold = Bằng chứng không đúng: { $why }.
proof_unreadable = Không đọc được bằng chứng: { $why }.
proof_without_record = Bằng chứng không kèm bản ghi; hãy chỉ ra tệp chứa bản ghi bằng --record.
query_invalid = Tham số truy vấn không hợp lệ hoặc không được biết đến.
register_of_a_future_year = Sổ được chọn thuộc năm sau.
register_of_other_direction = Sổ được chọn không dành cho chiều văn bản này (đi/đến).
register_of_other_secrecy = Văn bản mật và văn bản thường phải dùng sổ riêng.
register_of_other_type = Sổ được chọn không nhận loại văn bản này.
request_invalid = Yêu cầu có trường không hợp lệ.
retention_unknown = Mã thời hạn lưu trữ không có trong bộ quy tắc.
method_not_allowed = Địa chỉ này không nhận phương thức đó; tiêu đề Allow nêu các phương thức được nhận.
range_not_satisfiable = Không có phần được yêu cầu; tiêu đề Content-Range cho biết độ dài toàn bộ.
route_unknown = Không có địa chỉ này.
schema_not_current = Cơ sở dữ liệu không đúng phiên bản: { $why }.
scheme_of_a_desktop = Chương trình ký trên máy trạm tự chọn cách ký; hãy bỏ trường này.
signature_not_intact = Chữ ký vừa tạo không đạt kiểm tra nên không được lưu.
signature_not_passed = Chữ ký trên văn bản không đạt: { $why }.
signer_is_another = Văn bản được chuẩn bị cho người ký khác.
signing_link_used = Địa chỉ này đã được dùng; chỉ dùng được một lần. Hãy tạo phiên mới.
signing_method_differs = Phiên này được tạo cho cách ký khác.
signing_session_ended = Phiên ký không còn mở ({ $state ->
        [completed] đã hoàn thành
        [expired] đã hết hạn
        [cancelled] đã hủy
        [failed] đã thất bại
       *[other] không rõ
    }). Hãy tạo phiên mới.
signing_tries_used_up = Đã có quá nhiều chữ ký sai; phiên ký thất bại.
signing_value_wrong = Giá trị gửi lên không phải chữ ký bằng khóa của chứng thư trên nội dung đã giao. Phiên vẫn mở để thử lại.
start_failed = Không khởi động được: { $why }.
store_failed = Kho dữ liệu gặp lỗi: { $why }.
symbol_can_not_be_composed = Không lập được số, ký hiệu; công văn cần ghi đơn vị soạn thảo.
symbol_differs = Dự thảo in ký hiệu { $printed } nhưng văn bản này sẽ được cấp ký hiệu { $expected }. Hãy sửa dự thảo, hoặc sửa loại văn bản và đơn vị soạn thảo.
text_invalid = Nội dung trống hoặc quá dài.
transfer_decided = Đợt nộp lưu đã được quyết định.
transfer_empty = Đợt nộp lưu phải có ít nhất một hồ sơ.
transfer_own = Người nộp không được tự tiếp nhận hồ sơ của mình.
unauthenticated = Chưa đăng nhập hoặc phiên đã hết hạn.
upload_breaks_signature = Một chữ ký có trước không còn hợp lệ: { $why }.
upload_changes_more = Tệp bị thay đổi nhiều hơn việc ký: { $why }.
upload_field_of_another = Chữ ký nằm trong ô đã chuẩn bị cho người khác: { $why }.
upload_file_missing = Thiếu phần tệp trong yêu cầu.
upload_malformed = Nội dung tải lên bị hỏng hoặc bị ngắt.
upload_not_appended = Tệp gửi lại không phải tệp đã giao cộng thêm phần ký: phần có trước đã bị thay đổi, hoặc là văn bản khác.
upload_not_signed = Tệp gửi lại không có thêm chữ ký nào.
upload_part_unknown = Yêu cầu có phần không được biết đến hoặc lặp lại.
upload_signature_fails = Chữ ký mới không hợp lệ: { $why }.
upload_signature_invisible = Chữ ký đặt ngoài ô chuẩn bị phải có hình hiển thị trên trang: { $why }.
upload_signature_kind = Loại chữ ký này không được chấp nhận: { $why }.
upload_signed_several_times = Tệp gửi lại có thêm nhiều hơn một chữ ký: { $why }.
upload_signer_is_another = Tệp được ký bằng chứng thư số khác với chứng thư của phiên này.
upload_unreadable = Không đọc được tệp gửi lại: { $why }
value_not_among = Giá trị không thuộc các giá trị cho phép: { $why }.
