# Verdicts: structure
byte_range_broken = Phạm vi mà chữ ký bao phủ (/ByteRange) bị thiếu hoặc không hợp lệ; phạm vi phải bắt đầu từ 0, chỉ chừa giá trị chữ ký và kết thúc trong tệp. Hãy đề nghị người ký gửi lại tệp gốc.
contents_not_in_gap = Phần chữ ký không bao phủ không đúng là giá trị của chính chữ ký đó. Có thể có nội dung bị giấu; không nên tin cậy tệp này.
byte_range_no_revision = Phần đã ký không kết thúc đúng ở một trạng thái đã lưu của văn bản. Tệp đã bị sửa hoặc bị cắt sau khi ký.
signature_dictionary_changed = Các mục của chính chữ ký đã bị thay đổi sau khi ký.
signature_shared_by_fields = Một chữ ký được nhiều trường cùng hiển thị; chữ ký không được tính cho trường nào.
signature_removed = Một lần lưu sau đã gỡ chữ ký này khỏi văn bản. Hãy đề nghị gửi lại tệp như khi được ký.
signature_type_mismatch = Dấu thời gian được khai là chữ ký, hoặc chữ ký được khai là dấu thời gian.
subfilter_unsupported = Loại chữ ký này (/SubFilter) chưa được hỗ trợ nên không thể coi là hợp lệ.
forbidden_change = Sau chữ ký này, văn bản đã bị thay đổi theo cách chữ ký không cho phép. Xem danh sách thay đổi.
changes_unreadable = Không đọc được phần thêm vào sau chữ ký này nên không thể coi là vô hại.
annotations_added = Sau chữ ký này có ghi chú được thêm vào trang.
fields_filled_after_last_signature = Có trường được điền sau chữ ký cuối cùng: không ai xác nhận nội dung của các trường đó.
header_not_at_start = Có dữ liệu đứng trước phần đầu PDF; các phần mềm có thể hiểu tệp khác nhau.
bytes_after_end = Sau phần cuối của văn bản có dữ liệu không thuộc lần lưu nào.
entry_outside_its_revision = Một lần lưu sau trỏ vào dữ liệu của lần lưu trước như thể của mình.
entry_points_elsewhere = Bảng tham chiếu trỏ tới chỗ không phải đối tượng mà nó nêu tên.
object_twice_in_section = Một bảng tham chiếu nêu một đối tượng hai lần; các phần mềm có thể thấy văn bản khác nhau.
objects_overlap = Hai đối tượng của cùng một lần lưu chồng lên nhau trong tệp.
unaccounted_bytes = Một lần lưu chứa dữ liệu không thuộc đối tượng nào của nó.
root_replaced = Một lần lưu sau nêu danh mục gốc khác: toàn bộ văn bản có thể đã bị tráo.
size_too_small = Một lần lưu sau có đối tượng vượt quá số đối tượng đã khai; các phần mềm có thể thấy các văn bản khác nhau.
identifier_replaced = Một lần lưu sau ghi định danh cố định (/ID) khác: có thể được lấy từ văn bản khác.
hybrid_section = Một lần lưu sau có hai bảng tham chiếu mà các phần mềm có thể đọc khác nhau.

# Verdicts: the signature and its values
cms_unreadable = Giá trị chữ ký không phải cấu trúc CMS đọc được.
cms_signers = Giá trị chữ ký không có người ký hoặc có nhiều người ký; cần đúng một.
cms_attribute = Một thuộc tính bắt buộc của chữ ký bị thiếu, bị hỏng hoặc xuất hiện hai lần.
cms_content_enclosed = Chữ ký kèm theo cả nội dung; nội dung đó đúng là nội dung được kiểm tra.
cms_content_missing = Chữ ký kiểu cũ không mang giá trị băm của văn bản mà nó phải mang.
timestamps_out_of_order = Các dấu thời gian trái thứ tự: dấu trên nội dung muộn hơn dấu chứng minh chữ ký đã tồn tại.
cms_not_detached = Chữ ký mang nội dung riêng thay vì bao phủ văn bản.
cms_trailing_data = Sau giá trị chữ ký có dữ liệu khác số không.
cms_is_ber = Chữ ký được mã hóa theo BER thay vì DER; chỉ các định dạng cũ mới cho phép.
cms_certificate_unreadable = Một chứng thư số đi kèm chữ ký không đọc được và đã bị bỏ qua.
content_type_mismatch = Chữ ký khai loại nội dung khác với nội dung nó bao phủ.
signed_attributes_missing = Chữ ký không có thuộc tính được ký; không có gì gắn nó với chứng thư số.
hash_mismatch = Phần đã ký của văn bản không còn như khi ký: văn bản đã bị sửa.
signature_value_wrong = Giá trị chữ ký không được tạo bằng khóa của chứng thư số người ký.
algorithms_differ = Thuật toán nêu bên trong chữ ký khác với thuật toán nêu bên ngoài: chữ ký đã bị can thiệp.
digests_differ = Chữ ký nêu hai thuật toán băm khác nhau; các phần mềm kiểm tra hiểu không giống nhau.
digest_unsupported = Không nhận biết được thuật toán băm của chữ ký.
algorithm_unsupported = Không nhận biết được thuật toán ký hoặc loại khóa.
algorithm_weak = Chữ ký dùng thuật toán hoặc độ dài khóa không còn tin cậy, và không có gì chứng minh chữ ký đã tồn tại khi thuật toán còn tin cậy.
signer_certificate_missing = Chứng thư số của người ký không có trong chữ ký.
signing_certificate_mismatch = Chữ ký dẫn chiếu chứng thư số khác với chứng thư số tìm được.
signing_certificate_missing = Chữ ký không dẫn chiếu chứng thư số của mình; chưa đạt mức cơ sở.
signing_certificate_digest_weak = Chữ ký dẫn chiếu chứng thư số bằng SHA-1.
signing_time_missing = Chữ ký không nêu thời điểm ký.
signing_time_outside_validity = Thời điểm ký được nêu nằm ngoài thời hạn hiệu lực của chứng thư số người ký.
timestamp_unreadable = Không đọc được dấu thời gian.

# Verdicts: certificates and paths
no_path_to_anchor = Không có đường dẫn chứng thực từ chứng thư số người ký đến tổ chức được tin cậy. Nếu tin cậy tổ chức đó, hãy thêm chứng thư số của tổ chức vào danh sách tin cậy.
certificate_signature_wrong = Một chứng thư số trong đường dẫn không được ký bởi tổ chức mà nó nêu.
certificate_algorithm_unsupported = Một chứng thư số trong đường dẫn được ký bằng thuật toán không nhận biết được.
certificate_algorithm_weak = Một chứng thư số trong đường dẫn được ký bằng SHA-1.
certificate_critical_extension = Một chứng thư số trong đường dẫn có ràng buộc chưa xử lý được nên không thể tin cậy.
issuer_out_of_validity = Chứng thư số của một tổ chức trong đường dẫn không còn hoặc chưa có hiệu lực tại thời điểm kiểm tra.
issuer_is_no_ca = Một chứng thư số trong đường dẫn được cấp bởi chứng thư số không phải của tổ chức chứng thực.
issuer_may_not_sign_certificates = Một tổ chức trong đường dẫn không được phép ký chứng thư số theo mục đích sử dụng khóa của mình.
issuer_key_too_small = Khóa của một tổ chức trong đường dẫn ngắn hơn 2048 bit.
policy_mapped_to_any = Một chứng thư số trong đường dẫn ánh xạ chính sách sang chính sách bất kỳ; điều này không được phép.
policy_missing = Có yêu cầu về chính sách chứng thư nhưng từ chứng thư này đường dẫn không còn chính sách nào có hiệu lực.
policy_not_accepted = Đường dẫn chứng thực không thuộc chính sách chứng thư nào được chấp nhận.
path_too_long = Đường dẫn chứng thực dài hơn mức một tổ chức trong đó cho phép.
certificate_out_of_validity = Chứng thư số người ký không có hiệu lực tại thời điểm kiểm tra, và không có gì chứng minh chữ ký đã tồn tại khi chứng thư số còn hiệu lực.
certificate_not_for_signing = Mục đích sử dụng khóa của chứng thư số không cho phép ký văn bản.
certificate_is_of_an_authority = Đây là chứng thư số của tổ chức chứng thực, không phải của người ký.
certificate_not_yet_valid = Chứng thư số chưa có hiệu lực.
certificate_expired = Chứng thư số đã hết hạn. Hãy gia hạn trước khi ký.
revocation_unknown = Chứng thư số có nêu nơi tra cứu thu hồi nhưng chưa tra cứu: chứng thư số có thể đã bị thu hồi.
revocation_not_checked = Chưa kiểm tra tình trạng thu hồi.

# Commands
trust_unreadable = Không đọc được chứng thư số tin cậy: { $why }
key_unusable = Không dùng được khóa: { $why }
certificate_unreadable = Không đọc được chứng thư số: { $why }
place_unreadable = Vị trí được viết TRANG:x,y,rộng,cao theo mi-li-mét tính từ góc trên bên trái của một trang có thật; nhận được: { $why }
image_missing = Hình thức chữ ký cá nhân hoặc cơ quan cần có hình ảnh: hãy chỉ ra bằng --image.
place_missing = Hình ảnh chữ ký chưa có chỗ: trường { $why } chưa tồn tại, hãy chỉ vị trí bằng --place.
field_taken = Không ký được trường này: { $why }
field_name_unusable = Không tạo được trường: { $why }
document_locked = Không ký được văn bản: { $why }
appearance_unusable = Không tạo được hình thức chữ ký hoặc nội dung điền: { $why }

# Dấu thời gian và thu hồi
certificate_revoked = Chứng thư số đã bị thu hồi.
authority_revoked = Chứng thư số của tổ chức chứng thực cấp trên đã bị thu hồi.
certificate_on_hold = Chứng thư số đang bị tạm dừng. Hãy thử lại khi tổ chức chứng thực đã quyết định.
revocation_stale = Thông tin thu hồi hiện có đã quá hạn. Hãy thử lại khi có thông tin mới hơn.
responder_gave_nothing = Đã hỏi dịch vụ cung cấp thông tin thu hồi nhưng không nhận được trả lời dùng được.
path_never_valid_together = Các chứng thư số trong đường dẫn chưa bao giờ cùng có hiệu lực.
signed_before_validity = Chữ ký đã tồn tại trước khi chứng thư số có hiệu lực.
timestamp_broken = Bản thân dấu thời gian không đúng: giá trị băm hoặc giá trị chữ ký sai.
timestamp_signer_missing = Dấu thời gian không nêu chứng thư số của tổ chức cấp dấu.
timestamp_authority_unfit = Chứng thư số của dấu thời gian không dành riêng cho việc cấp dấu thời gian.
timestamp_of_the_future = Dấu thời gian ghi thời điểm sau thời điểm kiểm tra.
timestamp_outside_authority_validity = Dấu thời gian ghi thời điểm mà chứng thư số của tổ chức cấp dấu không có hiệu lực.
timestamp_imprint_mismatch = Một dấu thời gian trong chữ ký được cấp cho dữ liệu khác nên bị bỏ qua.
timestamp_not_given = Tổ chức cấp dấu thời gian không trả về dấu dùng được. Hãy thử lại hoặc chọn tổ chức khác: { $why }
tsa_missing = Mức này cần tổ chức cấp dấu thời gian: hãy chỉ ra bằng --tsa.
address_forbidden = Không được phép hỏi địa chỉ này. Máy chủ nội bộ phải được nêu bằng --allow-host: { $why }
evidence_lacking = Chưa lấy được đủ thông tin thu hồi mà mức này phải lưu kèm. Hãy thử lại: { $why }
evidence_unreadable = Đây không phải chứng thư số, danh sách thu hồi hay trả lời OCSP: { $why }
nothing_to_augment = Tệp không có chữ ký còn nguyên vẹn nào để nâng mức: { $why }
name_not_permitted = Một chứng thư số trong đường dẫn mang tên mà tổ chức chứng thực cấp trên không cho phép.

# Bảy thông tin theo Thông tư 15/2025/TT-BKHCN, Điều 6
facts_title = Kết quả kiểm tra chữ ký số
fact_issuer = Tổ chức cấp chứng thư chữ ký số
fact_signer = Chủ thể ký
fact_managing_body = Cơ quan, tổ chức quản lý chứng thư chữ ký số
fact_time = Thời điểm ký hoặc dấu thời gian
fact_integrity = Tính toàn vẹn của thông điệp dữ liệu
fact_valid_at_signing = Hiệu lực của chữ ký số tại thời điểm ký
fact_validity = Thời hạn hiệu lực của chứng thư chữ ký số
fact_unknown = Không xác định được
fact_time_proven = { $time } (có dấu thời gian chứng minh)
fact_time_claimed = { $time } (người ký khai, không có dấu thời gian)
fact_intact = Toàn vẹn: nội dung đã ký không bị thay đổi
fact_broken = Không toàn vẹn: nội dung đã ký hoặc giá trị chữ ký đã bị thay đổi
fact_integrity_unknown = Chưa kiểm tra được
fact_valid_then = Có hiệu lực
fact_invalid_then = Không có hiệu lực
fact_certificate_out_then = Thời điểm ký nằm ngoài thời hạn của chứng thư chữ ký số
fact_undecided_then = Chưa đủ thông tin để kết luận
fact_from_to = Từ { $from } đến { $to }
verdict_valid = HỢP LỆ
verdict_invalid = KHÔNG HỢP LỆ
verdict_undecided = CHƯA KẾT LUẬN ĐƯỢC: không được coi là hợp lệ
verdict_no_signature = KHÔNG CÓ CHỮ KÝ SỐ

# Hình ảnh trang
page_differs = Trang { $page } hiện trông khác so với khi ký.
page_not_painted = Trang { $page } không thể hiển thị để so sánh.
page_missing = Trang { $page } không có khi ký hoặc nay không còn.
